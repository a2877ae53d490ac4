// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SessionSocket: the socket and the deadlines of a server's connection, whoever answers on it.

#ifndef CHARCOUNT_DETAIL_SESSION_SOCKET_HPP
#define CHARCOUNT_DETAIL_SESSION_SOCKET_HPP

#include <asio/socket_base.hpp>
#include <charcount/detail/peer_link.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// What of a connection does not depend on its handler and its framing, and so is compiled once
/// for all of them.
///
/// A failure of the connection is kept in `failure_`; the driver then closes.
template <class T>
class SessionSocket : public PeerLink {
public:
    using Transport = T;
    using Socket = typename Transport::Socket;
    using Stream = typename Transport::Stream;
    using Endpoint = typename Transport::Endpoint;
    using Clock = typename Transport::Clock;
    using TimePoint = typename Clock::time_point;

    /// Where this session stands in its server's registry.
    std::uint32_t registry_index = 0;

    [[nodiscard]] std::string remote_host() const override { return Stream::host(remote_); }
    [[nodiscard]] std::uint16_t remote_port() const override { return Stream::port(remote_); }

protected:
    SessionSocket(std::shared_ptr<PushGate> gate, Socket socket, Endpoint remote,
                  const SessionConfig& config)
        : PeerLink(std::move(gate)),
          socket_(std::move(socket)),
          remote_(std::move(remote)),
          config_(config),
          deadlines_(Clock::now()) {}

    ~SessionSocket() = default;

    /// When to look at the deadlines.
    [[nodiscard]] TimePoint next_deadline() const noexcept {
        return deadlines_.next(config_.timeouts);
    }

    /// All is said: half-closes, so that the peer gets the end after the last reply. The driver
    /// then waits for the peer's end: to close at once would be a reset if bytes of the peer's
    /// were unread, and a reset may cost the peer what it has not read yet.
    /// Returns whether there is an end to wait for.
    bool begin_linger() {
        if (peer_has_ended_ || config_.timeouts.linger.count() == 0) return false;
        std::error_code error;
        socket_->shutdown(asio::socket_base::shutdown_send, error);
        deadlines_.bytes_moved(Clock::now());
        return !error;
    }

    /// How long the peer's end is waited for. What still comes does not renew it.
    [[nodiscard]] TimePoint linger_until() const noexcept {
        return deadline_after(deadlines_.last_activity(), config_.timeouts.linger);
    }

    /// Closes the socket. `loses_output`: the peer learns of it by a reset.
    void close_socket(bool loses_output) {
        if (loses_output) Stream::reset_on_close(*socket_);
        std::error_code ignored;
        socket_->cancel(ignored);  // under Wine a close alone leaves a write waiting for the peer
        socket_->close(ignored);
        socket_.reset();
    }

    bool has_received_ = false;
    bool has_sent_ = false;
    bool has_promised_more_ = false;  ///< the last read was full; more need not be there
    bool peer_has_ended_ = false;
    std::optional<Socket> socket_;

private:
    [[no_unique_address]] const Endpoint remote_;

protected:
    const SessionConfig& config_;
    std::error_code failure_;
    SessionDeadlines<TimePoint> deadlines_;
};

}  // namespace charcount::detail

#endif
