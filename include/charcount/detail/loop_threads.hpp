// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LoopThreads: the loops of a server that owns its threads.

#ifndef CHARCOUNT_DETAIL_LOOP_THREADS_HPP
#define CHARCOUNT_DETAIL_LOOP_THREADS_HPP

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace charcount::detail {

/// One loop a thread, so that no two threads ever contend for one.
///
/// *Thread safety*: none but for `stop`.
template <class Loop>
class LoopThreads {
public:
    explicit LoopThreads(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<Loop>());
    }

    ~LoopThreads() {
        stop();
        join();
    }

    LoopThreads(const LoopThreads&) = delete;
    LoopThreads& operator=(const LoopThreads&) = delete;

    [[nodiscard]] auto executors() {
        std::vector<decltype(loops_.front()->get_executor())> found;
        for (const auto& loop : loops_) found.push_back(loop->get_executor());
        return found;
    }

    /// May be called again after it has failed: threads that were made then run already.
    ///
    /// *Throws*: `std::system_error` when the system has no thread left.
    void start() {
        while (threads_.size() < loops_.size())
            threads_.emplace_back([&loop = *loops_[threads_.size()]] { loop.run(); });
    }

    /// The first loop.
    [[nodiscard]] Loop& first() noexcept { return *loops_.front(); }

    /// The calling thread takes the first loop over from its own, where a loop can do that, and
    /// runs it until `stop`. System calls take less in a process of one thread.
    void run_first_here() noexcept {
        if constexpr (requires(Loop & loop) { loop.hand_over(); }) {
            if (threads_.empty() || !threads_.front().joinable()) return;
            loops_.front()->hand_over();
            threads_.front().join();
            loops_.front()->run();
        }
    }

    /// Lets the threads end. *Thread safety*: from any thread.
    void stop() {
        for (const auto& loop : loops_) loop->stop();
    }

    void join() {
        for (std::thread& thread : threads_)
            if (thread.joinable()) thread.join();
    }

private:
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<std::thread> threads_;
};

}  // namespace charcount::detail

#endif
