// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The options of conversations, servers and clients: plain aggregates with sane defaults.

#ifndef CHARCOUNT_OPTIONS_HPP
#define CHARCOUNT_OPTIONS_HPP

#include <charcount/error.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <system_error>

namespace charcount {

/// The longest message that is accepted unless an option says otherwise: 1 MiB.
inline constexpr std::uint64_t default_max_message_bytes = 1024 * 1024;

/// What limits one conversation.
struct ConversationOptions {
    /// The longest message, in bytes without its framing. Not set: 1 MiB; no limit where a
    /// handler takes a stream in pieces (`UntilEofFraming` with a `ChunkHandler`).
    std::optional<std::uint64_t> max_message_bytes = {};

    /// The high-water mark of the output, in bytes: with as many waiting to be sent, no further
    /// message is read until half of it has drained.
    std::size_t max_pending_output_bytes = 1024 * 1024;

    /// How many messages are answered before the connection is closed; 0: any number.
    std::uint64_t max_requests = 0;

    /// What happens to a push (`Peer::send`) over the high-water mark.
    PushPolicy push_policy = PushPolicy::drop;
};

/// What a server listens on, and what limits it. Durations: 0 means no limit, unless said.
struct ServerOptions {
    /// Where to listen: a name or an address.
    std::string host = "127.0.0.1";

    /// The port to listen on; 0 lets the system pick a free one.
    std::uint16_t port = 0;

    /// Where to listen for Unix domain sockets: a path in the file system. A socket file that no
    /// server listens on any more is replaced; the file is removed when listening ends.
    std::string path = {};

    /// How many connections the kernel keeps waiting to be accepted.
    int backlog = 1024;

    /// Loops of a server that owns its threads, one thread each. Sockets are dealt out to them.
    /// (A blocking server has a thread a connection instead.)
    std::size_t threads = 1;

    /// How many connections are open at once; the one over it waits in the backlog.
    std::size_t max_connections = 10000;

    /// How many connections to serve before the server ends; 0: any number. It stops listening
    /// before the last of them is answered.
    std::uint64_t connections_to_serve = 0;

    /// How many messages of a connection to answer before closing it; 0: any number.
    std::uint64_t requests_per_connection = 0;

    /// As in `ConversationOptions`.
    std::optional<std::uint64_t> max_message_bytes = {};

    /// As in `ConversationOptions`.
    std::size_t max_pending_output_bytes = 1024 * 1024;

    /// As in `ConversationOptions`.
    PushPolicy push_policy = PushPolicy::drop;

    /// How long the server waits, with no connection open, for one before it gives up with
    /// `errc::accept_timed_out`.
    std::chrono::milliseconds accept_timeout{0};

    /// How long a message may take, from its first byte to its last. Not set: 30 s; no limit
    /// for `UntilEofFraming`, whose messages may be of any length.
    std::optional<std::chrono::milliseconds> message_timeout = {};

    /// How long output may make no progress because the peer doesn't read.
    std::chrono::milliseconds write_timeout{30'000};

    /// How long a connection may be quiet.
    std::chrono::milliseconds idle_timeout{300'000};

    /// How long a closed connection is kept to let the peer read what was sent and close its
    /// side. 0: not at all, which may cost the peer the last bytes.
    std::chrono::milliseconds linger_timeout{1'000};

    /// How long `stop` without an argument lets connections drain. 0: not at all.
    std::chrono::milliseconds drain_timeout{5'000};

    /// How long to wait before trying again when accepting failed (no descriptor left, say).
    std::chrono::milliseconds accept_retry_delay{50};

    /// Stop on SIGINT and SIGTERM. The second signal then ends the process as it would without.
    bool stop_on_signals = false;

    /// Told of each failure to accept, on the accepting thread; also when a connection was lost
    /// because the handler could not be copied (`errc::handler_failed`). It must not throw.
    std::function<void(std::error_code)> on_accept_error = {};
};

/// What a client allows for each step. Durations: 0 means no limit.
struct ClientOptions {
    /// The server: a name or an address.
    std::string host = "127.0.0.1";

    /// The server's port.
    std::uint16_t port = 0;

    /// The server's Unix domain socket.
    std::string path = {};

    std::chrono::milliseconds resolve_timeout{5'000};   ///< for finding the addresses of a name
    std::chrono::milliseconds connect_timeout{10'000};  ///< for all addresses together
    std::chrono::milliseconds send_timeout{30'000};     ///< for one message to be handed over
    std::chrono::milliseconds receive_timeout{30'000};  ///< for one message to arrive

    /// The longest message that is accepted, in bytes without its framing.
    std::uint64_t max_message_bytes = default_max_message_bytes;

    /// The high-water mark of what waits to be sent, in bytes; over it a send fails with
    /// `errc::output_overflow`. (Asynchronous clients.)
    std::size_t max_pending_output_bytes = 1024 * 1024;
};

/// What a server has done so far. A snapshot: the figures are read one after the other.
struct ServerStats {
    std::uint64_t connections_accepted = 0;  ///< since the start
    std::uint64_t connections_open = 0;      ///< now
    std::uint64_t messages = 0;              ///< that arrived whole
    std::uint64_t bytes_received = 0;        ///< framing included
    std::uint64_t bytes_sent = 0;            ///< framing included
    std::uint64_t accept_failures = 0;       ///< as `on_accept_error` is told of
};

/// How a server ended.
struct StopReport {
    std::uint64_t drained = 0;       ///< connections, open at the stop, that ended in good order
    std::uint64_t forced = 0;        ///< connections that the deadline cut off
    std::uint64_t failed = 0;        ///< connections that failed by themselves meanwhile
    std::uint64_t unsent_bytes = 0;  ///< output that none of these took
    std::error_code cause = {};      ///< why it ended, where neither `stop` nor a count said so
};

}  // namespace charcount

#endif
