// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncWork: runs what an awaitable handler returned, and can cancel it.

#ifndef CHARCOUNT_DETAIL_ASYNC_WORK_HPP
#define CHARCOUNT_DETAIL_ASYNC_WORK_HPP

#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/handler.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace charcount::detail {

/// Nothing to run for a handler that answers at once.
template <class H>
class AsyncWork {};

/// One coroutine for each session awaits its handler's awaitables, one after the other. To start
/// a coroutine for each of them would cost two turns of the loop a message, and a write.
///
///     wake ──> take, await, done; take, await, done; … ──(no more)──> wait for wake or end
///
/// The session has `has_work()` and `take_work()`, and for how that ended `work_completed(reply)`,
/// without a reply where there is none, and `work_failed()`.
///
/// *Lifetime*: while it awaits, it keeps the session; while it waits, the session keeps it.
template <AwaitableHandler H>
class AsyncWork<H> {
    using Work = typename MessageResult<H>::type;
    using Executor = typename Work::executor_type;
    using Token = asio::use_awaitable_t<Executor>;
    using Waiting = typename asio::async_result<Token, void()>::handler_type;

public:
    /// There is work: sees that it is under way.
    template <class Session>
    void wake(Session& session) {
        if (std::exchange(is_running_, true)) return;
        if (waiting_) return resume();
        is_ending_ = false;
        asio::co_spawn(session.executor(), run(session.self()),
                       asio::bind_cancellation_slot(signal_.slot(), [](std::exception_ptr failure) {
                           if (failure) std::rethrow_exception(failure);
                       }));
    }

    /// The session is closed: what is running is asked to end, its result is not needed any more.
    void cancel() {
        is_ending_ = true;
        end_if_waiting();
        if (is_running_) signal_.emit(asio::cancellation_type::terminal);
    }

    /// Gives memory back that is not in use. For a connection that has been quiet for a while.
    void release_memory() {
        is_ending_ = !is_running_;
        end_if_waiting();
    }

private:
    /// Lets through what a coroutine lets through at first. When it is destroyed, a handler has
    /// set another state of cancellation.
    class Filter {
    public:
        explicit Filter(bool& is_gone) noexcept : is_gone_(&is_gone) {}
        Filter(const Filter&) = default;
        Filter& operator=(const Filter&) = default;
        ~Filter() { *is_gone_ = true; }

        asio::cancellation_type operator()(asio::cancellation_type type) const noexcept {
            return type & asio::cancellation_type::terminal;
        }

    private:
        bool* is_gone_;
    };

    template <class Session>
    asio::awaitable<void, Executor> run(std::shared_ptr<Session> session) {
        Session& owner = *session;
        while (true) {
            while (owner.has_work()) {
                // What one handler has changed about its coroutine must not reach the next.
                if (is_filter_gone_) {
                    co_await asio::this_coro::reset_cancellation_state(Filter(is_filter_gone_));
                    is_filter_gone_ = false;  // those that it was copied from are
                }
                co_await asio::this_coro::throw_if_cancelled(true);
                auto state = co_await asio::this_coro::cancellation_state;
                state.slot().clear();
                bool has_completed = false;
                try {
                    if constexpr (std::is_void_v<typename Work::value_type>) {
                        co_await owner.take_work();
                        has_completed = true;
                        owner.work_completed();
                    } else {
                        auto reply = co_await owner.take_work();
                        has_completed = true;
                        owner.work_completed(std::move(reply));
                    }
                } catch (...) {
                    if (has_completed) throw;  // it is not the handler that has failed
                }
                if (!has_completed) owner.work_failed();
            }
            is_running_ = false;
            if (is_ending_) co_return;
            session.reset();
            co_await asio::async_initiate<Token, void()>(
                [this](Waiting waiting) { waiting_.emplace(std::move(waiting)); }, token_);
            session = owner.self();
        }
    }

    void end_if_waiting() {
        if (waiting_) resume();
    }

    void resume() {
        Waiting waiting = std::move(*waiting_);
        waiting_.reset();
        waiting();
    }

    bool is_filter_gone_ = true;
    asio::cancellation_signal signal_;  ///< holds the filter
    std::optional<Waiting> waiting_;
    [[no_unique_address]] Token token_;
    bool is_running_ = false;
    bool is_ending_ = false;
};

}  // namespace charcount::detail

#endif
