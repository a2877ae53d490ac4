// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// PendingWork: what an awaitable handler has begun and not completed.

#ifndef CHARCOUNT_DETAIL_PENDING_WORK_HPP
#define CHARCOUNT_DETAIL_PENDING_WORK_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/handler.hpp>
#include <optional>
#include <utility>

namespace charcount::detail {

/// A handler that answers at once leaves nothing pending.
template <class H>
class PendingWork {
public:
    [[nodiscard]] static constexpr bool is_active() noexcept { return false; }
};

/// Memory in which a message lies that is being answered by a coroutine.
class AwaitedMessage {
public:
    /// Takes over memory that the message may lie in.
    void keep(ByteBuffer memory) noexcept {
        if (memory_.capacity() == 0) memory_.swap(memory);  // in that of a second call it can't
    }

protected:
    void release() noexcept { memory_ = ByteBuffer(); }

private:
    ByteBuffer memory_;
};

/// An awaitable, which the owner of the conversation runs.
template <AwaitableHandler H>
class PendingWork<H> : public AwaitedMessage {
public:
    using Awaitable = typename MessageResult<H>::type;

    void start(Awaitable awaitable) {
        awaitable_.emplace(std::move(awaitable));
        active_ = true;
    }

    /// The awaitable, to be run once.
    [[nodiscard]] Awaitable take() {
        Awaitable taken = std::move(*awaitable_);
        awaitable_.reset();
        return taken;
    }

    /// There is an awaitable that nobody has taken.
    [[nodiscard]] bool is_ready() const noexcept { return awaitable_.has_value(); }

    [[nodiscard]] bool is_active() const noexcept { return active_; }

    void reset() noexcept {
        active_ = false;
        release();
    }

private:
    std::optional<Awaitable> awaitable_;
    bool active_ = false;
};

/// A task that has begun and has to wait for something.
template <TaskHandler H>
class PendingWork<H> : public AwaitedMessage {
public:
    using Work = typename MessageResult<H>::type;

    void set_runner(TaskRunner& runner) noexcept { runner_ = &runner; }

    /// Runs the task as far as it goes; returns whether that is to its end.
    [[nodiscard]] bool start(Work& task) {
        task.start(*runner_);
        if (task.is_done()) return true;
        task_.emplace(std::move(task));
        return false;
    }

    [[nodiscard]] bool is_active() const noexcept { return task_.has_value(); }

    /// Whether the task has come to its end.
    [[nodiscard]] bool is_done() const noexcept { return task_ && task_->is_done(); }

    /// What it replies. *Throws*: what it threw.
    decltype(auto) result() { return task_->result(); }

    void reset() noexcept {
        task_.reset();
        release();
    }

private:
    TaskRunner* runner_ = nullptr;
    std::optional<Work> task_;
};

}  // namespace charcount::detail

#endif
