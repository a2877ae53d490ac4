// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// TaskPromise: what the coroutine of a Task has beside its own variables.

#ifndef CHARCOUNT_DETAIL_TASK_PROMISE_HPP
#define CHARCOUNT_DETAIL_TASK_PROMISE_HPP

#include <asio/awaitable.hpp>
#include <asio/recycling_allocator.hpp>
#include <asio/this_coro.hpp>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace charcount {

template <class T>
class Task;
class TaskRunner;

namespace detail {

template <class T>
class TaskAwait;
template <class T>
class AsioAwait;
class ExecutorAwait;

/// What does not depend on the result.
///
///     start ──> runs ──(co_await)──> waits ──(the runner resumes it)──> runs ──> done
///
/// One that another task awaits goes on with that one at its end.
class TaskPromiseBase {
    /// At the end of a task.
    struct ReturnToCaller {
        [[nodiscard]] static bool await_ready() noexcept { return false; }
        template <class Promise>
        [[nodiscard]] static std::coroutine_handle<> await_suspend(
            std::coroutine_handle<Promise> done) noexcept {
            const auto caller = done.promise().caller_;
            return caller ? caller : std::noop_coroutine();
        }
        static void await_resume() noexcept {}
    };

public:
    TaskPromiseBase() = default;
    TaskPromiseBase(const TaskPromiseBase&) = delete;
    TaskPromiseBase& operator=(const TaskPromiseBase&) = delete;

    // Each message has a coroutine: Asio keeps the memory of the last ones.

    static void* operator new(std::size_t size) {
        return asio::recycling_allocator<Block>().allocate(blocks(size));
    }
    static void operator delete(void* memory, std::size_t size) {
        asio::recycling_allocator<Block>().deallocate(static_cast<Block*>(memory), blocks(size));
    }

    void set_runner(TaskRunner& runner) noexcept { runner_ = &runner; }
    void set_caller(std::coroutine_handle<> caller) noexcept { caller_ = caller; }

    // For the compiler.

    [[nodiscard]] static std::suspend_always initial_suspend() noexcept { return {}; }
    [[nodiscard]] static ReturnToCaller final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { failure_ = std::current_exception(); }

    [[nodiscard]] ExecutorAwait await_transform(asio::this_coro::executor_t) const;
    template <class U>
    [[nodiscard]] TaskAwait<U> await_transform(Task<U> task) const;
    template <class U>
    [[nodiscard]] AsioAwait<U> await_transform(asio::awaitable<U> awaited) const;
    template <class Other>
    static std::suspend_never await_transform(Other&&) {
        static_assert(std::is_void_v<Other>,
                      "a charcount::Task can co_await an asio::awaitable (asio::use_awaitable), "
                      "another Task, and asio::this_coro::executor");
        return {};
    }

protected:
    ~TaskPromiseBase() = default;

    void rethrow_failure() {
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    }

private:
    struct alignas(std::max_align_t) Block {
        std::byte bytes[alignof(std::max_align_t)];
    };

    static std::size_t blocks(std::size_t size) noexcept {
        return (size + sizeof(Block) - 1) / sizeof(Block);
    }

    void throw_if_cancelled() const;

    TaskRunner* runner_ = nullptr;
    std::coroutine_handle<> caller_;  ///< the task that awaits this one, if one does
    std::exception_ptr failure_;
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
public:
    [[nodiscard]] Task<T> get_return_object() noexcept {
        return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
    }

    template <class U = T>
    requires std::constructible_from<T, U>
    void return_value(U&& value) { value_.emplace(std::forward<U>(value)); }

    [[nodiscard]] T&& result() {
        rethrow_failure();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
public:
    [[nodiscard]] Task<void> get_return_object() noexcept;
    static void return_void() noexcept {}
    void result() { rethrow_failure(); }
};

}  // namespace detail
}  // namespace charcount

#endif
