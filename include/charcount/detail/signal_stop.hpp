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
#include <system_error>
#include <thread>
#include <utility>

namespace charcount::detail {

#if CHARCOUNT_IS_WINDOWS

/// Waits for the signals on a thread of its own, as long as it lives. After the first they have
/// their usual effect again, so that a second one ends a program that hangs.
class SignalStop {
public:
    explicit SignalStop(std::function<void()> stop) : signals_(context_, SIGINT, SIGTERM) {
        signals_.async_wait([this, stop = std::move(stop)](std::error_code error, int) {
            if (error) return;
            signals_.clear();
            stop();
        });
        thread_ = std::thread([this] { context_.run(); });
    }

    ~SignalStop() {
        context_.stop();
        thread_.join();
    }

    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

private:
    asio::io_context context_{1};
    asio::signal_set signals_;
    std::thread thread_;
};

#else

/// Waits for the signals on a thread of its own, as long as it lives. After the first they have
/// their usual effect again, so that a second one ends a program that hangs.
///
/// Without Asio's `signal_set`: with its loop it would take every user's compiler a second.
class SignalStop {
public:
    /// *Throws*: `std::system_error` when a descriptor or a thread is not to be had.
    explicit SignalStop(std::function<void()> stop)
        : thread_([this, stop = std::move(stop)] {
              if (relay_.wait()) stop();
          }) {}

    ~SignalStop() {
        relay_.cancel();
        thread_.join();
    }

    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

private:
    SignalRelay relay_;
    std::thread thread_;
};

#endif

#if CHARCOUNT_HAS_EPOLL

/// The same on a loop, which keeps it, without a thread.
class LoopSignalStop final : public EpollWatcher {
public:
    /// *Throws*: `std::system_error` when a descriptor is not to be had.
    explicit LoopSignalStop(std::function<void()> stop) : stop_(std::move(stop)) {}

    [[nodiscard]] int native_handle() const noexcept { return relay_.native_handle(); }

private:
    void on_events(std::uint32_t /*events*/) override {
        if (relay_.wait()) stop_();
    }

    SignalRelay relay_;
    const std::function<void()> stop_;
};

#endif

/// Has a loop watch for the signals before it runs. False: it can't.
///
/// *Throws*: `std::system_error` when a descriptor is not to be had.
template <class Loop>
[[nodiscard]] bool watch_for_signals([[maybe_unused]] Loop& loop,
                                     [[maybe_unused]] std::function<void()> stop) {
#if CHARCOUNT_HAS_EPOLL
    if constexpr (std::derived_from<Loop, EpollLoop>) {
        auto watcher = std::make_shared<LoopSignalStop>(std::move(stop));
        const int descriptor = watcher->native_handle();
        std::error_code error;
        loop.watch(descriptor, EPOLLIN | EPOLLET, std::move(watcher), error);
        if (error) throw std::system_error(error, "watch for signals");
        return true;
    }
#endif
    return false;
}

}  // namespace charcount::detail

#endif
