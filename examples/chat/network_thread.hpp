// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// NetworkThread: the loop of one side and the thread that runs it.

#ifndef CHARCOUNT_EXAMPLES_CHAT_NETWORK_THREAD_HPP
#define CHARCOUNT_EXAMPLES_CHAT_NETWORK_THREAD_HPP

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <thread>
#include <utility>

namespace chat {

/// An `io_context` that runs until `finish`.
class NetworkThread {
public:
    NetworkThread() = default;
    ~NetworkThread() { finish(); }
    NetworkThread(const NetworkThread&) = delete;
    NetworkThread& operator=(const NetworkThread&) = delete;

    [[nodiscard]] asio::io_context& context() noexcept { return context_; }

    void start() {
        thread_ = std::thread([this] { context_.run(); });
    }

    [[nodiscard]] bool is_running() const noexcept { return thread_.joinable(); }

    /// Runs the function there. *Thread safety*: from any thread.
    template <class Function>
    void post(Function&& function) {
        asio::post(context_, std::forward<Function>(function));
    }

    /// Lets the loop end, whatever it still waits for. *Thread safety*: from any thread.
    void stop() { context_.stop(); }

    /// Waits for the thread's end, which `stop` brings.
    void join() {
        if (thread_.joinable()) thread_.join();
    }

    void finish() {
        stop();
        join();
    }

private:
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    std::thread thread_;
};

}  // namespace chat

#endif
