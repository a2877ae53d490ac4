// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// BlockingTransport: a thread serves one connection.

#ifndef CHARCOUNT_TRANSPORT_BLOCKING_HPP
#define CHARCOUNT_TRANSPORT_BLOCKING_HPP

#include <asio/io_context.hpp>
#include <charcount/detail/asio_loop.hpp>
#include <charcount/transport/local.hpp>
#include <charcount/transport/tcp.hpp>

namespace charcount {

/// Connections are driven by threads that wait, each with a deadline.
///
/// The sockets are Asio's, used without ever running their `io_context`; on Linux those of a server
/// are the system's. There a connection on which bytes have just come sees a stop, a deadline and
/// the first push up to 10 ms later than others do.
template <class Stream_>
struct BlockingTransport {
    static constexpr bool is_async = false;  ///< what tells it from `AsyncTransport`

    using Stream = Stream_;                                         ///< `Tcp`, `Local`, `Memory`
    using Executor = asio::io_context::executor_type;               ///< of the sockets; never run
    using Home = asio::io_context;                                  ///< what these are made with
    using Endpoint = typename Stream::Endpoint;                     ///< an address
    using Clock = typename Stream::Clock;                           ///< of all deadlines
    using Socket = typename Stream::template Socket<Executor>;      ///< of a connection
    using Acceptor = typename Stream::template Acceptor<Executor>;  ///< what listens
    using Waker = typename Stream::Waker;                           ///< interrupts a wait

    /// Internal: there are no loops.
    using Loop = detail::AsioLoop;
};

/// TCP, a thread a connection.
using BlockingTcp = BlockingTransport<Tcp>;

/// Unix domain sockets, a thread a connection.
using BlockingLocal = BlockingTransport<Local>;

}  // namespace charcount

#endif
