// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// EpollTimer: a timer of an EpollLoop.

#ifndef CHARCOUNT_DETAIL_EPOLL_TIMER_HPP
#define CHARCOUNT_DETAIL_EPOLL_TIMER_HPP

#include <charcount/detail/epoll_executor.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <charcount/detail/small_function.hpp>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Has the names of `asio::basic_waitable_timer`, as far as a server needs them: one wait at a
/// time, and the handler of a wait that is cancelled is destroyed instead of called.
///
/// *Thread safety*: none; all on its loop.
class EpollTimer final : private EpollTimed {
public:
    using TimePoint = EpollLoop::TimePoint;

    explicit EpollTimer(const EpollExecutor& executor) noexcept : loop_(executor.context()) {}
    ~EpollTimer() { loop_.forget(*this); }
    EpollTimer(const EpollTimer&) = delete;
    EpollTimer& operator=(const EpollTimer&) = delete;

    [[nodiscard]] TimePoint expiry() const noexcept { return expiry_; }

    void expires_at(TimePoint time) {
        cancel();
        expiry_ = time;
    }

    void expires_after(EpollLoop::Clock::duration time) {
        expires_at(EpollLoop::Clock::now() + time);
    }

    void async_wait(SmallFunction<void(std::error_code)> handler) {
        handler_ = std::move(handler);
        loop_.tell_at(*this, expiry_);
    }

    void cancel() {
        if (!handler_) return;
        loop_.forget(*this);
        const auto cancelled = std::exchange(handler_, {});
    }

private:
    void on_time() override {
        auto handler = std::exchange(handler_, {});
        handler({});
    }

    EpollLoop& loop_;
    TimePoint expiry_{};
    SmallFunction<void(std::error_code)> handler_;
};

}  // namespace charcount::detail

#endif
#endif
