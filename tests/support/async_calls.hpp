// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// How a test runs a loop of its own, and keeps what asynchronous calls complete with.

#ifndef CHARCOUNT_TESTS_SUPPORT_ASYNC_CALLS_HPP
#define CHARCOUNT_TESTS_SUPPORT_ASYNC_CALLS_HPP

#include <doctest/doctest.h>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <support/events.hpp>
#include <system_error>
#include <utility>

namespace charcount::test {

/// A loop that the test's own thread runs.
class TestLoop {
public:
    [[nodiscard]] asio::io_context& context() noexcept { return context_; }

    /// All that can happen without waiting happens.
    void turn() {
        context_.restart();
        context_.poll();
    }

    /// Runs until the condition holds; false when that takes too long.
    template <class Condition>
    [[nodiscard]] bool run_until(Condition condition) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > until) return false;
            context_.restart();
            context_.run_one_for(std::chrono::milliseconds(10));
        }
        return true;
    }

    /// Runs until there is nothing left to do; false when that takes too long.
    [[nodiscard]] bool run_to_end() {
        context_.restart();
        context_.run_for(patience);
        return context_.stopped();
    }

    /// Runs a coroutine to its end. *Throws*: what it throws.
    void run(asio::awaitable<void> coroutine) {
        bool is_done = false;
        std::exception_ptr failure;
        asio::co_spawn(context_, std::move(coroutine), [&](std::exception_ptr thrown) {
            is_done = true;
            failure = std::move(thrown);
        });
        if (!run_until([&] { return is_done; })) throw std::runtime_error("it does not end");
        if (failure) std::rethrow_exception(failure);
    }

private:
    asio::io_context context_{1};
};

/// What a call completes with.
struct Outcome {
    int completions = 0;
    std::error_code error;
    std::string message;

    [[nodiscard]] bool is_done() const noexcept { return completions > 0; }
};

/// Keeps the result of a call; can be moved and not copied.
class Keep {
public:
    explicit Keep(Outcome& outcome) noexcept : outcome_(&outcome) {}

    void operator()(std::error_code error, std::string message = {}) const {
        outcome_->error = error;
        outcome_->message = std::move(message);
        ++outcome_->completions;
    }

private:
    Outcome* outcome_;
    std::unique_ptr<int> not_copyable_;
};

/// Runs the loop until the client has connected.
template <class Client>
void connect(TestLoop& loop, Client& client) {
    Outcome connected;
    client.async_connect(Keep(connected));
    REQUIRE(loop.run_until([&] { return connected.is_done(); }));
    REQUIRE_MESSAGE(!connected.error, connected.error.message());
}

}  // namespace charcount::test

#endif
