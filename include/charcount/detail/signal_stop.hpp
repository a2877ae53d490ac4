// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SignalStop: turns SIGINT and SIGTERM into a stop.

#ifndef CHARCOUNT_DETAIL_SIGNAL_STOP_HPP
#define CHARCOUNT_DETAIL_SIGNAL_STOP_HPP

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

namespace charcount::detail {

/// Waits for the signals on a thread of its own, as long as it lives. After the first they have
/// their usual effect again, so that a second one ends a program that hangs.
class SignalStop {
public:
    template <class Stop>
    explicit SignalStop(Stop stop) : signals_(context_, SIGINT, SIGTERM) {
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

}  // namespace charcount::detail

#endif
