// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Task: a coroutine that answers a message, at once or later.

#ifndef CHARCOUNT_TASK_HPP
#define CHARCOUNT_TASK_HPP

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <charcount/detail/task_promise.hpp>
#include <coroutine>
#include <memory>
#include <utility>

namespace charcount {

/// What a handler returns that is a coroutine: its `co_return` is the reply.
///
///     charcount::Task<std::string> operator()(std::string_view text) {
///         if (text.empty()) co_return "nothing";
///         co_await timer.async_wait(asio::use_awaitable);   // others are served meanwhile
///         co_return std::string(text);
///     }
///
/// It can `co_await` an `asio::awaitable`, so every operation of Asio's by `asio::use_awaitable`,
/// another `Task`, and `asio::this_coro::executor`. A handler may as well return an
/// `asio::awaitable`; a task costs a third of it, but for what it has to wait for, which costs
/// more.
///
/// *Thread safety*: none; it runs where its connection does. *Lifetime*: nothing of it runs
/// before it is started or awaited; to destroy it destroys the coroutine.
/// *Cancellation*: when the connection is cut off, what it awaits is cancelled
/// (`cancellation_type::terminal`), and each `co_await` after that throws
/// `asio::error::operation_aborted`.
template <class T>
class [[nodiscard]] Task {
public:
    using value_type = T;                         ///< what its coroutine returns
    using promise_type = detail::TaskPromise<T>;  ///< for the compiler

    /// Takes the coroutine over. `other` is then good for nothing but an assignment.
    Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    /// The same; the coroutine that stood here is destroyed.
    Task& operator=(Task&& other) noexcept {
        Task(std::move(other)).swap(*this);
        return *this;
    }
    ~Task() {
        if (coroutine_) coroutine_.destroy();
    }

    /// Runs it until it is done or has to wait. Once, and not on one that was moved from; so for
    /// the others. *Lifetime*: the runner outlives what it has to wait for.
    void start(TaskRunner& runner) {
        coroutine_.promise().set_runner(runner);
        coroutine_.resume();
    }

    /// Whether its coroutine has returned or thrown.
    [[nodiscard]] bool is_done() const noexcept { return coroutine_.done(); }

    /// What it returned, once it is done. *Lifetime*: as long as the task.
    /// *Throws*: what it threw.
    decltype(auto) result() { return coroutine_.promise().result(); }

private:
    friend promise_type;
    template <class U>
    friend class detail::TaskAwait;

    using Coroutine = std::coroutine_handle<promise_type>;

    explicit Task(Coroutine coroutine) noexcept : coroutine_(coroutine) {}

    void swap(Task& other) noexcept { std::swap(coroutine_, other.coroutine_); }

    Coroutine coroutine_;
};

/// What a connection's tasks need of who runs them. A server has it; an event loop of your own
/// that drives a `Conversation` implements it.
///
/// *Thread safety*: all on the connection's executor.
class TaskRunner {
public:
    /// Where what is awaited runs, and where `resume` is called.
    [[nodiscard]] virtual asio::any_io_executor get_executor() = 0;

    /// Where what is awaited learns that it is not needed any more. One thing at a time.
    [[nodiscard]] virtual asio::cancellation_slot get_cancellation_slot() = 0;

    /// Whether that was told. Then nothing more is awaited, and of the others only `resume` is
    /// called, so that tasks may outlive the loop and the server.
    [[nodiscard]] virtual bool is_cancelled() const noexcept = 0;

    /// Shares the ownership of the tasks while something is awaited.
    [[nodiscard]] virtual std::shared_ptr<void> keep() = 0;

    /// What was awaited is there: calls `waiting.resume()`, and sees whether the task is done.
    virtual void resume(std::coroutine_handle<> waiting) = 0;

protected:
    ~TaskRunner() = default;
};

}  // namespace charcount

#include <charcount/detail/task_await.hpp>

#endif
