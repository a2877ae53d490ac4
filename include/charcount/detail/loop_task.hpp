// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LoopTask: something that a loop calls once; and queues of such.

#ifndef CHARCOUNT_DETAIL_LOOP_TASK_HPP
#define CHARCOUNT_DETAIL_LOOP_TASK_HPP

#include <type_traits>
#include <utility>

namespace charcount::detail {

/// A function object behind one type. A plain pointer, as a queue links its tasks.
class LoopTask {
public:
    template <class Function>
    [[nodiscard]] static LoopTask* make(Function&& function) {
        return new Of<std::decay_t<Function>>(std::forward<Function>(function));
    }

    LoopTask(const LoopTask&) = delete;
    LoopTask& operator=(const LoopTask&) = delete;

    /// Calls the function; the task is gone before that.
    void run() { end_(this, true); }

    /// Destroys the function without calling it.
    void discard() noexcept { end_(this, false); }

    LoopTask* next = nullptr;  ///< owned by the queue

protected:
    using End = void (*)(LoopTask*, bool);

    explicit LoopTask(End end) noexcept : end_(end) {}
    ~LoopTask() = default;

private:
    template <class Function>
    class Of;

    const End end_;
};

template <class Function>
class LoopTask::Of final : public LoopTask {
public:
    template <class F>
    explicit Of(F&& function) : LoopTask(&Of::end), function_(std::forward<F>(function)) {}

private:
    static void end(LoopTask* task, bool is_called) {
        Of* const self = static_cast<Of*>(task);
        Function function(std::move(self->function_));
        delete self;
        if (is_called) function();
    }

    Function function_;
};

/// Tasks in order, first in, first out.
///
/// *Thread safety*: none.
class LoopTaskQueue {
public:
    LoopTaskQueue() = default;
    LoopTaskQueue(const LoopTaskQueue&) = delete;
    LoopTaskQueue& operator=(const LoopTaskQueue&) = delete;
    ~LoopTaskQueue() {
        while (!empty()) pop()->discard();
    }

    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

    void push(LoopTask* task) noexcept {
        *end_ = task;
        end_ = &task->next;
    }

    [[nodiscard]] LoopTask* pop() noexcept {
        LoopTask* const task = first_;
        first_ = task->next;
        if (first_ == nullptr) end_ = &first_;
        return task;
    }

    /// Moves all tasks of another queue behind its own.
    void take_all(LoopTaskQueue& other) noexcept {
        if (other.empty()) return;
        *end_ = std::exchange(other.first_, nullptr);
        end_ = std::exchange(other.end_, &other.first_);
    }

private:
    LoopTask* first_ = nullptr;
    LoopTask** end_ = &first_;
};

}  // namespace charcount::detail

#endif
