// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// BlockingTransport: a thread serves one connection.

#ifndef CHARCOUNT_TRANSPORT_BLOCKING_HPP
#define CHARCOUNT_TRANSPORT_BLOCKING_HPP

#include <asio/io_context.hpp>
#include <charcount/transport/local.hpp>
#include <charcount/transport/tcp.hpp>

namespace charcount {

/// Connections are driven by threads that wait, each with a deadline.
///
/// The sockets are Asio's, used without ever running their `io_context`.
template <class Stream_>
struct BlockingTransport {
    static constexpr bool is_async = false;

    using Stream = Stream_;
    using Executor = asio::io_context::executor_type;
    using Endpoint = typename Stream::Endpoint;
    using Clock = typename Stream::Clock;
    using Socket = typename Stream::template Socket<Executor>;
    using Acceptor = typename Stream::template Acceptor<Executor>;
    using Waker = typename Stream::Waker;
};

/// TCP, a thread a connection.
using BlockingTcp = BlockingTransport<Tcp>;

/// Unix domain sockets, a thread a connection.
using BlockingLocal = BlockingTransport<Local>;

}  // namespace charcount

#endif
