// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Connects and returns when that is done, or too late.

#ifndef CHARCOUNT_DETAIL_BLOCKING_CONNECTOR_HPP
#define CHARCOUNT_DETAIL_BLOCKING_CONNECTOR_HPP

#include <asio/io_context.hpp>
#include <charcount/detail/connect_attempts.hpp>
#include <charcount/detail/resolve_job.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Resolves, then tries each address in turn; each step has its deadline.
///
/// *Thread safety*: none. *Lifetime*: it outlives its sockets.
template <class Transport>
class BlockingConnector {
public:
    using Socket = typename Transport::Socket;

    /// A connected socket, or an error.
    std::optional<Socket> connect(const ClientOptions& options, std::error_code& error) {
        const auto [endpoints, resolve_error] = resolve_in_time<Stream>(options);
        error = resolve_error;
        if (error) return std::nullopt;
        const TimePoint deadline = deadline_after(Clock::now(), options.connect_timeout);
        for (std::size_t i = 0; i < endpoints.size(); ++i) {
            const std::error_code before = error;
            auto socket = try_endpoint(
                endpoints[i], share_of_time(Clock::now(), deadline, endpoints.size() - i), error);
            if (!error) return socket;
            error = more_telling(before, error);
        }
        return std::nullopt;
    }

private:
    using Endpoint = typename Transport::Endpoint;
    using Stream = typename Transport::Stream;
    using Clock = typename Transport::Clock;
    using TimePoint = typename Clock::time_point;
    using Timer = typename Stream::template Timer<typename Transport::Executor>;

    std::optional<Socket> try_endpoint(const Endpoint& endpoint, TimePoint deadline,
                                       std::error_code& error) {
        while (true) {
            std::optional<Socket> socket(context_);
            connect_by(deadline, *socket, endpoint, error);
            if (!is_backlog_full(*socket, error)) {
                if (!error) Stream::prepare(*socket, error);
                return error ? std::nullopt : std::move(socket);
            }
            if (Clock::now() >= deadline) {
                error = errc::connect_timed_out;
                return std::nullopt;
            }
            pause_until(next_try(Clock::now(), deadline));
        }
    }

    void pause_until(TimePoint when) {
        Timer timer(context_.get_executor());
        timer.expires_at(when);
        timer.async_wait([](std::error_code) {});
        context_.restart();
        context_.run();
    }

    /// Asio's synchronous connect waits as long as the system does; its asynchronous one doesn't.
    void connect_by(TimePoint deadline, Socket& socket, const Endpoint& endpoint,
                    std::error_code& error) {
        bool is_done = false;
        bool is_late = false;
        Timer timer(context_.get_executor());
        timer.expires_at(deadline);
        if (deadline != TimePoint::max())
            timer.async_wait([&](std::error_code) {
                if (is_done) return;
                is_late = true;
                std::error_code ignored;
                socket.close(ignored);
            });
        socket.async_connect(endpoint, [&](std::error_code result) {
            error = result;
            is_done = true;
            timer.cancel();
        });
        context_.restart();
        context_.run();
        if (is_late) error = errc::connect_timed_out;
    }

    asio::io_context context_{1};
};

}  // namespace charcount::detail

#endif
