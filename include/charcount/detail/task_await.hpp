// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What a Task can await.

#ifndef CHARCOUNT_DETAIL_TASK_AWAIT_HPP
#define CHARCOUNT_DETAIL_TASK_AWAIT_HPP

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <charcount/detail/task_promise.hpp>
#include <charcount/task.hpp>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount::detail {

/// Never waits.
class ExecutorAwait {
public:
    explicit ExecutorAwait(TaskRunner& runner) noexcept : runner_(&runner) {}

    [[nodiscard]] static bool await_ready() noexcept { return true; }
    static void await_suspend(std::coroutine_handle<>) noexcept {}
    [[nodiscard]] asio::any_io_executor await_resume() const { return runner_->get_executor(); }

private:
    TaskRunner* runner_;
};

/// Goes on with another task, and comes back when that is done.
template <class T>
class TaskAwait {
public:
    TaskAwait(TaskRunner& runner, Task<T> task) noexcept : task_(std::move(task)) {
        task_.coroutine_.promise().set_runner(runner);
    }

    [[nodiscard]] static bool await_ready() noexcept { return false; }
    [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
        task_.coroutine_.promise().set_caller(caller);
        return task_.coroutine_;
    }
    T await_resume() { return task_.result(); }

private:
    Task<T> task_;
};

/// Asio runs what is awaited, as a coroutine of its own.
template <class T>
class AsioAwait {
public:
    AsioAwait(TaskRunner& runner, asio::awaitable<T> awaited)
        : runner_(&runner), awaited_(std::move(awaited)) {}

    [[nodiscard]] static bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> task) {
        // It never completes before this returns: Asio posts the completion of one that is at once
        // at its end.
        asio::co_spawn(runner_->get_executor(), without_result(),
                       asio::bind_cancellation_slot(
                           runner_->get_cancellation_slot(),
                           [this, task, keep = runner_->keep()](std::exception_ptr failure) {
                               failure_ = std::move(failure);
                               runner_->resume(task);
                           }));
    }
    T await_resume() {
        if (failure_) std::rethrow_exception(std::move(failure_));
        if constexpr (!std::is_void_v<T>) return std::move(*value_);
    }

private:
    using Value = std::conditional_t<std::is_void_v<T>, std::nullptr_t, T>;

    /// Asio wants a result to have a default, for when there is none.
    [[nodiscard]] asio::awaitable<void> without_result() {
        if constexpr (std::is_void_v<T>) {
            return std::move(awaited_);
        } else {
            return store(std::move(awaited_), value_);
        }
    }

    static asio::awaitable<void> store(asio::awaitable<T> awaited, std::optional<Value>& value) {
        value.emplace(co_await std::move(awaited));
    }

    TaskRunner* runner_;
    asio::awaitable<T> awaited_;
    std::optional<Value> value_;
    std::exception_ptr failure_;
};

inline ExecutorAwait TaskPromiseBase::await_transform(asio::this_coro::executor_t) const {
    throw_if_cancelled();
    return ExecutorAwait(*runner_);
}

template <class U>
TaskAwait<U> TaskPromiseBase::await_transform(Task<U> task) const {
    throw_if_cancelled();
    return TaskAwait<U>(*runner_, std::move(task));
}

template <class U>
AsioAwait<U> TaskPromiseBase::await_transform(asio::awaitable<U> awaited) const {
    throw_if_cancelled();
    return AsioAwait<U>(*runner_, std::move(awaited));
}

inline void TaskPromiseBase::throw_if_cancelled() const {
    if (runner_->is_cancelled())
        throw std::system_error(asio::error::make_error_code(asio::error::operation_aborted));
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace charcount::detail

#endif
