// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryTimer: a timer on virtual time.

#ifndef CHARCOUNT_DETAIL_MEMORY_TIMER_HPP
#define CHARCOUNT_DETAIL_MEMORY_TIMER_HPP

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/error.hpp>
#include <charcount/detail/memory_handle.hpp>
#include <charcount/detail/memory_network.hpp>
#include <charcount/detail/memory_operation.hpp>
#include <charcount/detail/memory_task.hpp>
#include <charcount/transport/memory_clock.hpp>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace charcount {

namespace detail {

/// What is behind a timer: it stands in the network's list while somebody waits for it.
///
/// *Thread safety*: none; the network's lock is held.
class MemoryAlarm final : public MemoryTarget {
public:
    [[nodiscard]] bool is_due() const noexcept { return MemoryClock::now() >= expiry; }

    void arm(MemoryLock& lock) {
        if (!place_) place_ = lock.network().alarms.emplace(expiry, weak_from_this());
    }

    void disarm(MemoryLock& lock) {
        if (place_) lock.network().alarms.erase(*place_);
        place_.reset();
    }

    std::size_t cancel(MemoryLock& lock) {
        disarm(lock);
        return abort_all(asio::error::operation_aborted);
    }

    void close(MemoryLock& lock) { cancel(lock); }

    MemoryClock::time_point expiry{};

private:
    using Place = decltype(MemoryNetwork::alarms)::iterator;

    std::optional<Place> place_;
};

struct MemoryAlarmWait {
    MemoryAlarm* alarm;

    std::error_code begin(MemoryLock& lock) const {
        alarm->arm(lock);
        return {};
    }
    [[nodiscard]] bool is_ready() const { return alarm->is_due(); }
    std::error_code perform(MemoryLock& lock) const {
        alarm->disarm(lock);
        return {};
    }
    template <class Handler>
    void call(Handler&& handler, std::error_code error) const {
        std::forward<Handler>(handler)(error);
    }
};

}  // namespace detail

/// Has the names of `asio::basic_waitable_timer`. Its time comes when `MemoryClock::advance` says.
///
/// *Thread safety*: different timers, from any threads; one from one thread at a time.
/// *Cancellation*: terminal, partial and total.
template <class Executor = asio::any_io_executor>
class MemoryTimer {
public:
    using executor_type = Executor;
    using clock_type = MemoryClock;
    using duration = MemoryClock::duration;
    using time_point = MemoryClock::time_point;

    explicit MemoryTimer(const Executor& executor) : executor_(executor) {}
    template <class Context>
    requires std::convertible_to<typename Context::executor_type, Executor>
    explicit MemoryTimer(Context& context) : executor_(context.get_executor()) {}

    [[nodiscard]] const Executor& get_executor() const noexcept { return executor_; }

    [[nodiscard]] time_point expiry() const {
        const detail::MemoryLock lock;
        return alarm_->expiry;
    }

    /// Sets the time; waits under way are cancelled. Returns how many.
    std::size_t expires_at(time_point time) {
        detail::MemoryLock lock;
        const std::size_t cancelled = alarm_->cancel(lock);
        alarm_->expiry = time;
        return cancelled;
    }

    /// As above, from now.
    std::size_t expires_after(duration time) { return expires_at(MemoryClock::now() + time); }

    /// Ends the waits under way, with `asio::error::operation_aborted`. Returns how many.
    std::size_t cancel() {
        detail::MemoryLock lock;
        return alarm_->cancel(lock);
    }

    /// *Completion signature*: `void(std::error_code)`.
    template <class Token>
    auto async_wait(Token&& token) {
        return asio::async_initiate<Token, void(std::error_code)>(
            [](auto handler, MemoryTimer* self) {
                detail::start_memory_task(self->executor_, self->alarm_.get(),
                                          detail::MemoryAlarmWait{self->alarm_.get().get()},
                                          std::move(handler));
            },
            token, this);
    }

private:
    Executor executor_;
    detail::MemoryHandle<detail::MemoryAlarm> alarm_{std::make_shared<detail::MemoryAlarm>()};
};

}  // namespace charcount

#endif
