// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LoopThreads: the loops of a server that owns its threads.

#ifndef CHARCOUNT_DETAIL_LOOP_THREADS_HPP
#define CHARCOUNT_DETAIL_LOOP_THREADS_HPP

#include <cstddef>
#include <memory>
#include <span>
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

    [[nodiscard]] Loop& loop(std::size_t index) noexcept { return workers_[index].loop; }

    /// May be called again after it has failed: threads that were made then run already.
    ///
    /// *Throws*: `std::system_error` when the system has no thread left.
    void start() {
        for (Worker& worker : workers())
            if (!worker.thread.joinable())
                worker.thread = std::thread([&loop = worker.loop] { loop.run(); });
    }

    /// The calling thread takes the first loop over from its own, where a loop can do that, and
    /// runs it until `stop`. System calls take less in a process of one thread.
    void run_first_here() noexcept {
        if constexpr (requires(Loop & loop) { loop.hand_over(); }) {
            Worker& first = workers_[0];
            if (!first.thread.joinable()) return;
            first.loop.hand_over();
            first.thread.join();
            first.loop.run();
        }
    }

    /// Lets the threads end. *Thread safety*: from any thread.
    void stop() {
        for (Worker& worker : workers()) worker.loop.stop();
    }

    void join() {
        for (Worker& worker : workers())
            if (worker.thread.joinable()) worker.thread.join();
    }

private:
    struct Worker {
        Loop loop;
        std::thread thread;
    };

    [[nodiscard]] std::span<Worker> workers() noexcept { return {workers_.get(), size_}; }

    const std::size_t size_;
    const std::unique_ptr<Worker[]> workers_;
};

}  // namespace charcount::detail

#endif
