// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LoopThreads: the loops of a server that owns its threads.

#ifndef CHARCOUNT_DETAIL_LOOP_THREADS_HPP
#define CHARCOUNT_DETAIL_LOOP_THREADS_HPP

#include <cstddef>
#include <memory>
#include <thread>

namespace charcount::detail {

/// One loop a thread, so that no two threads ever contend for one.
///
/// *Thread safety*: none but for `stop`.
template <class Loop>
class LoopThreads {
public:
    explicit LoopThreads(std::size_t count)
        : size_(count), workers_(std::make_unique<Worker[]>(count)) {}

    ~LoopThreads() {
        stop();
        join();
    }

    LoopThreads(const LoopThreads&) = delete;
    LoopThreads& operator=(const LoopThreads&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] Loop& loop(std::size_t index) noexcept { return worker(index).loop; }

    /// May be called again after it has failed: threads that were made then run already.
    ///
    /// *Throws*: `std::system_error` when the system has no thread left.
    void start() {
        for (std::size_t i = 0; i < size_; ++i)
            if (!worker(i).thread.joinable())
                worker(i).thread = std::thread([&loop = loop(i)] { loop.run(); });
    }

    /// The calling thread takes the first loop over from its own, where a loop can do that, and
    /// runs it until `stop`. System calls take less in a process of one thread.
    void run_first_here() noexcept {
        if constexpr (requires(Loop & loop) { loop.hand_over(); }) {
            Worker& first = worker(0);
            if (!first.thread.joinable()) return;
            first.loop.hand_over();
            first.thread.join();
            first.loop.run();
        }
    }

    /// Lets the threads end. *Thread safety*: from any thread.
    void stop() {
        for (std::size_t i = 0; i < size_; ++i) loop(i).stop();
    }

    void join() {
        for (std::size_t i = 0; i < size_; ++i)
            if (worker(i).thread.joinable()) worker(i).thread.join();
    }

private:
    struct Worker {
        Loop loop;
        std::thread thread;
    };

    /// An array is destroyed from its end. The first loop is to go first: what waits there may be
    /// the last to hold the server, which knows the other loops.
    [[nodiscard]] Worker& worker(std::size_t index) noexcept { return workers_[size_ - 1 - index]; }

    const std::size_t size_;
    const std::unique_ptr<Worker[]> workers_;
};

}  // namespace charcount::detail

#endif
