// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LoopThreads: the loops of a server that owns its threads.

#ifndef CHARCOUNT_DETAIL_LOOP_THREADS_HPP
#define CHARCOUNT_DETAIL_LOOP_THREADS_HPP

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace charcount::detail {

/// One `io_context` a thread, so that no two threads ever contend for one.
class LoopThreads {
public:
    using Executor = asio::io_context::executor_type;

    explicit LoopThreads(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            contexts_.push_back(std::make_unique<asio::io_context>(1));
    }

    ~LoopThreads() {
        stop();
        join();
    }

    LoopThreads(const LoopThreads&) = delete;
    LoopThreads& operator=(const LoopThreads&) = delete;

    [[nodiscard]] std::vector<Executor> executors() {
        std::vector<Executor> found;
        for (const auto& context : contexts_) found.push_back(context->get_executor());
        return found;
    }

    /// *Throws*: `std::system_error` when the system has no thread left.
    void start() {
        for (const auto& context : contexts_)
            threads_.emplace_back([&context = *context] {
                const auto guard = asio::make_work_guard(context);
                context.run();
            });
    }

    /// Lets the threads end. *Thread safety*: from any thread.
    void stop() {
        for (const auto& context : contexts_) context->stop();
    }

    void join() {
        for (std::thread& thread : threads_)
            if (thread.joinable()) thread.join();
    }

private:
    std::vector<std::unique_ptr<asio::io_context>> contexts_;
    std::vector<std::thread> threads_;
};

}  // namespace charcount::detail

#endif
