// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SignalStop: turns SIGINT and SIGTERM into a stop.

#ifndef CHARCOUNT_DETAIL_SIGNAL_STOP_HPP
#define CHARCOUNT_DETAIL_SIGNAL_STOP_HPP

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_IS_WINDOWS
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#else
#include <charcount/detail/signal_relay.hpp>
#endif
#include <charcount/detail/epoll_loop.hpp>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace charcount::detail {

#if CHARCOUNT_IS_WINDOWS

/// Keeps the signals as long as it lives; after the first they have their usual effect again, so
/// that a second one ends a program that hangs.
class SignalStop {
public:
    explicit SignalStop(std::function<void()> stop) : signals_(context_, SIGINT, SIGTERM) {
        signals_.async_wait([this, stop = std::move(stop)](std::error_code error, int) {
            if (error) return;
            signals_.clear();
            stop();
        });
    }

    ~SignalStop() {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }

    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

    /// Waits for them on a thread of its own.
    void wait_on_thread() {
        thread_ = std::thread([this] { context_.run(); });
    }

    template <class Loop>
    void wait_on(Loop&) {
        wait_on_thread();
    }

private:
    asio::io_context context_{1};
    asio::signal_set signals_;
    std::thread thread_;
};

#else

/// Keeps the signals as long as it lives; after the first they have their usual effect again, so
/// that a second one ends a program that hangs.
///
/// Without Asio's `signal_set`: with its loop it would take every user's compiler a second.
class SignalStop {
public:
    /// *Throws*: `std::system_error` when a descriptor is not to be had.
    explicit SignalStop(std::function<void()> stop)
        : signals_(std::make_shared<Signals>(std::move(stop))) {}

    ~SignalStop() {
        if (!thread_.joinable()) return;
        signals_->relay->cancel();
        thread_.join();
    }

    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

    /// Waits for them on a thread of its own. *Throws*: `std::system_error`.
    void wait_on_thread() {
        thread_ = std::thread([&signals = *signals_] { signals.wait(); });
    }

    /// Waits for them on a loop that threads run, where it can watch for them, else on a thread.
    /// *Lifetime*: the loop goes on with it when this object is gone.
    template <class Loop>
    void wait_on([[maybe_unused]] Loop& loop) {
#if CHARCOUNT_HAS_EPOLL
        if constexpr (std::derived_from<Loop, EpollLoop>) {
            return loop.post([&loop, watcher = std::make_shared<Watcher>(signals_)]() mutable {
                Watcher::watch(loop, std::move(watcher));
            });
        }
#endif
        wait_on_thread();
    }

private:
    struct Signals {
        explicit Signals(std::function<void()> what)
            : relay(std::in_place), stop(std::move(what)) {}

        void wait() {
            if (relay->wait()) stop();
        }

        std::optional<SignalRelay> relay;
        const std::function<void()> stop;
    };

#if CHARCOUNT_HAS_EPOLL
    class Watcher final : public EpollWatcher {
    public:
        explicit Watcher(std::shared_ptr<Signals> signals) noexcept
            : signals_(std::move(signals)) {}

        /// Where the system has no room for a watch, the signals have their usual effect.
        static void watch(EpollLoop& loop, std::shared_ptr<Watcher> self) {
            Signals& signals = *self->signals_;
            std::error_code error;
            loop.watch(signals.relay->native_handle(), EPOLLIN | EPOLLET, std::move(self), error);
            if (error) signals.relay.reset();
        }

    private:
        void on_events(std::uint32_t /*events*/) override { signals_->wait(); }

        const std::shared_ptr<Signals> signals_;
    };
#endif

    const std::shared_ptr<Signals> signals_;
    std::thread thread_;
};

#endif

}  // namespace charcount::detail

#endif
