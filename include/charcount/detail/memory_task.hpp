// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryTask: an operation of the memory transport with the handler that its user gave.

#ifndef CHARCOUNT_DETAIL_MEMORY_TASK_HPP
#define CHARCOUNT_DETAIL_MEMORY_TASK_HPP

#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/bind_allocator.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/dispatch.hpp>
#include <asio/error.hpp>
#include <asio/execution/context.hpp>
#include <asio/execution_context.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/query.hpp>
#include <charcount/detail/memory_network.hpp>
#include <charcount/detail/memory_operation.hpp>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::detail {

/// Knows the operations of one execution context, which end with it.
class MemoryService final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    explicit MemoryService(asio::execution_context& owner)
        : asio::execution_context::service(owner) {}

    template <class Executor>
    [[nodiscard]] static MemoryService& of(const Executor& executor) {
        asio::execution_context& context = asio::query(executor, asio::execution::context);
        return asio::use_service<MemoryService>(context);
    }

    MemoryOperation::Pending operations;

private:
    /// The handlers are destroyed without being called, and without the lock: they may own
    /// sockets.
    void shutdown() override {
        std::vector<MemoryOperation::Owner> orphans;
        const MemoryLock lock;
        while (!operations.empty()) {
            MemoryOperation& operation = **operations.begin();
            orphans.push_back(operation.target->remove(operation));
        }
    }
};

/// An action and who is told when it is done.
///
/// `Action` has: `begin(MemoryLock&)`, which may fail at once; `is_ready()`;
/// `perform(MemoryLock&)`; `call(handler, error)`. The first and third return an error.
///
/// *Lifetime*: it keeps both executors busy. It is freed, with the handler's allocator, on the
/// executor of its socket or timer, before the handler is called.
template <class Action, class Executor, class Handler>
class MemoryTask final : public MemoryOperation {
    using HandlerExecutor = asio::associated_executor_t<Handler, Executor>;
    using Traits = typename std::allocator_traits<
        asio::associated_allocator_t<Handler>>::template rebind_traits<MemoryTask>;
    using Allocator = typename Traits::allocator_type;

public:
    MemoryTask(std::uint64_t number, const Executor& executor, Action action, Handler handler)
        : MemoryOperation(number, MemoryService::of(executor).operations),
          executor_work_(executor),
          handler_work_(asio::get_associated_executor(handler, executor)),
          action_(std::move(action)),
          handler_(std::move(handler)) {}

    [[nodiscard]] static Owner make(std::uint64_t number, const Executor& executor, Action action,
                                    Handler handler) {
        Allocator allocator(asio::get_associated_allocator(handler));
        MemoryTask* const place = Traits::allocate(allocator, 1);
        try {
            return Owner(::new (static_cast<void*>(place))
                             MemoryTask(number, executor, std::move(action), std::move(handler)));
        } catch (...) {
            Traits::deallocate(allocator, place, 1);
            throw;
        }
    }

    bool attempt(MemoryLock& lock) override {
        if (!std::exchange(is_begun_, true)) error_ = action_.begin(lock);
        if (error_) return true;
        if (!action_.is_ready()) return false;
        error_ = action_.perform(lock);
        return true;
    }

    void fail(std::error_code error) noexcept override { error_ = error; }

private:
    void post_self() override {
        const Executor executor = executor_work_.get_executor();
        asio::post(executor, [owner = Owner(this)]() mutable {
            static_cast<MemoryTask*>(owner.release())->deliver();
        });
    }

    void deliver() {
        Handler handler(std::move(handler_));
        Action action(std::move(action_));
        const std::error_code error = error_;
        const auto executor_work = std::move(executor_work_);
        const auto handler_work = std::move(handler_work_);
        const auto allocator = asio::get_associated_allocator(handler);
        free_with(Allocator(allocator));
        asio::dispatch(
            handler_work.get_executor(),
            asio::bind_allocator(allocator,
                                 [handler = std::move(handler), action = std::move(action),
                                  error]() mutable { action.call(std::move(handler), error); }));
    }

    void destroy() noexcept override {
        free_with(Allocator(asio::get_associated_allocator(handler_)));
    }

    void free_with(Allocator allocator) noexcept {
        this->~MemoryTask();
        Traits::deallocate(allocator, this, 1);
    }

    asio::executor_work_guard<Executor> executor_work_;
    asio::executor_work_guard<HandlerExecutor> handler_work_;
    Action action_;
    Handler handler_;
    std::error_code error_;
    bool is_begun_ = false;
};

/// Begins an action on a target; without a target, on something that is closed, it fails.
template <class Executor, class Action, class Handler>
void start_memory_task(const Executor& executor, const std::shared_ptr<MemoryTarget>& target,
                       Action action, Handler handler) {
    const std::uint64_t number = ++MemoryNetwork::instance().last_operation;
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto task = MemoryTask<Action, Executor, Handler>::make(number, executor, std::move(action),
                                                            std::move(handler));
    if (slot.is_connected())
        slot.assign([weak = std::weak_ptr(target), number](asio::cancellation_type type) {
            const auto still_there = weak.lock();
            if (!still_there || type == asio::cancellation_type::none) return;
            const MemoryLock lock;
            still_there->abort_one(number, asio::error::operation_aborted);
        });
    MemoryLock lock;
    if (target) {
        target->attend(lock);
        return target->start(lock, std::move(task));
    }
    task->fail(asio::error::bad_descriptor);
    MemoryOperation::post(std::move(task));
}

}  // namespace charcount::detail

#endif
