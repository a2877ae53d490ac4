// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SessionTasks: where the tasks of a session's handler run.

#ifndef CHARCOUNT_DETAIL_SESSION_TASKS_HPP
#define CHARCOUNT_DETAIL_SESSION_TASKS_HPP

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <charcount/detail/peer_link.hpp>
#include <charcount/handler.hpp>
#include <charcount/task.hpp>
#include <coroutine>
#include <memory>

namespace charcount::detail {

/// Nothing for a handler that returns no tasks.
template <class H, class Session>
class SessionTasks {};

/// A base of the session. The session has `executor()`, `self()`, and `task_went_on()`, which is
/// called when a task was resumed: it may be done.
template <TaskHandler H, class Session>
class SessionTasks<H, Session> : public TaskRunner {
public:
    [[nodiscard]] asio::any_io_executor get_executor() override { return session().executor(); }
    [[nodiscard]] asio::cancellation_slot get_cancellation_slot() override {
        return signal_.slot();
    }
    [[nodiscard]] bool is_cancelled() const noexcept override { return is_cancelled_; }
    [[nodiscard]] std::shared_ptr<void> keep() override { return session().self(); }

    void resume(std::coroutine_handle<> waiting) override {
        const DriverScope scope;
        waiting.resume();
        session().task_went_on();
    }

protected:
    ~SessionTasks() = default;

    /// The session is closed: what is awaited is asked to end, its result is not needed any more.
    void cancel_tasks() {
        is_cancelled_ = true;
        signal_.emit(asio::cancellation_type::terminal);
    }

private:
    [[nodiscard]] Session& session() noexcept { return static_cast<Session&>(*this); }

    asio::cancellation_signal signal_;
    bool is_cancelled_ = false;
};

}  // namespace charcount::detail

#endif
