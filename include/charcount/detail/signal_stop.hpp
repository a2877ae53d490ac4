// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SignalStop: turns SIGINT and SIGTERM into a stop.

#ifndef CHARCOUNT_DETAIL_SIGNAL_STOP_HPP
#define CHARCOUNT_DETAIL_SIGNAL_STOP_HPP

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <charcount/options.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace charcount::detail {

/// Waits for the signals on a thread of its own, as long as it lives. After the first they have
/// their usual effect again, so that a second one ends a program that hangs.
template <class Context>
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
    Context context_{1};
    asio::signal_set signals_;
    std::thread thread_;
};

template <class>
std::shared_ptr<void> watch_signals(std::function<void()> stop) {
    return std::make_shared<SignalStop<asio::io_context>>(std::move(stop));
}

}  // namespace charcount::detail

#endif
