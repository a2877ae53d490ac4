// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Peer: a weak handle on one connection, usable from any thread.

#ifndef CHARCOUNT_PEER_HPP
#define CHARCOUNT_PEER_HPP

#include <charcount/detail/peer_link.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount {

/// One connection as a handler sees it: who it is, and how to send to it without being asked.
///
/// Copies are cheap and refer to the same connection. A peer may be kept after the connection
/// has ended: then `is_open` is false and `send` says `errc::connection_closed`.
///
/// *Thread safety*: distinct objects may be used from any threads at once, also when they refer
/// to one connection; messages to it go out whole, one after the other.
class Peer {
public:
    /// A peer of no connection.
    Peer() = default;

    /// Internal: servers and conversations make peers.
    explicit Peer(std::weak_ptr<detail::PeerLink> link) noexcept : link_(std::move(link)) {}

    /// Queues one message, framed as replies are. It goes out after all that was queued before,
    /// and before the reply of a handler that is still running.
    ///
    /// *Errors*: `errc::connection_closed`; `errc::output_overflow` when the connection has
    /// `max_pending_output_bytes` waiting, as its `PushPolicy` says. The message is then not sent.
    std::error_code send(std::string_view message) const {
        const auto link = link_.lock();
        return link ? link->push(message) : make_error_code(errc::connection_closed);
    }

    /// Closes in an orderly way: what is queued is sent, then the connection ends.
    void close() const {
        if (const auto link = link_.lock()) link->request_close();
    }

    /// Whether messages may still be sent. It may end at any moment, so check what `send` returns.
    [[nodiscard]] bool is_open() const {
        const auto link = link_.lock();
        return link && link->is_open();
    }

    /// The address of the other side: an IP address in text, or the path of a Unix socket (empty
    /// when it has none). Empty for a connection that is gone.
    [[nodiscard]] std::string host() const {
        const auto link = link_.lock();
        return link ? link->remote_host() : std::string();
    }

    /// The port of the other side; 0 where there is none.
    [[nodiscard]] std::uint16_t port() const {
        const auto link = link_.lock();
        return link ? link->remote_port() : std::uint16_t{0};
    }

    /// Host and port as one prints them: `127.0.0.1:5000`, `[::1]:5000`, or the path.
    [[nodiscard]] std::string address() const {
        const auto link = link_.lock();
        return link ? format_address(link->remote_host(), link->remote_port()) : "closed";
    }

    /// Whether both refer to the same connection.
    friend bool operator==(const Peer& left, const Peer& right) noexcept {
        return !left.link_.owner_before(right.link_) && !right.link_.owner_before(left.link_);
    }

private:
    static std::string format_address(const std::string& host, std::uint16_t port) {
        if (port == 0) return host.empty() ? "local" : host;
        const bool is_ipv6 = host.find(':') != std::string::npos;
        return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
    }

    std::weak_ptr<detail::PeerLink> link_;
};

}  // namespace charcount

#endif
