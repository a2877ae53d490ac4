// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncTransport: one loop serves many connections.

#ifndef CHARCOUNT_TRANSPORT_ASYNC_HPP
#define CHARCOUNT_TRANSPORT_ASYNC_HPP

#include <asio/io_context.hpp>
#include <charcount/detail/asio_loop.hpp>
#include <charcount/detail/completion_io.hpp>
#include <charcount/transport/local.hpp>
#include <charcount/transport/tcp.hpp>

namespace charcount {

/// Connections are driven by Asio's completion handlers on an executor.
///
/// `Executor` is the concrete type of the user's loop: an `io_context` run by one thread, or a
/// strand of one that several threads run.
template <class Stream_, class Executor_ = asio::io_context::executor_type>
struct AsyncTransport {
    static constexpr bool is_async = true;  ///< what tells it from `BlockingTransport`

    using Stream = Stream_;                                         ///< `Tcp`, `Local`, `Memory`
    using Executor = Executor_;                                     ///< where all happens
    using Endpoint = typename Stream::Endpoint;                     ///< an address
    using Clock = typename Stream::Clock;                           ///< of all deadlines
    using Socket = typename Stream::template Socket<Executor>;      ///< of a connection
    using Acceptor = typename Stream::template Acceptor<Executor>;  ///< what listens
    using Timer = typename Stream::template Timer<Executor>;        ///< of a loop

    /// Internal: the loop of a thread.
    using Loop = detail::AsioLoop;
    /// Internal: how the server's sessions wait.
    template <class Session>
    using Io = detail::CompletionIo<Session>;
};

/// TCP, asynchronous: the default.
using AsyncTcp = AsyncTransport<Tcp>;

/// Unix domain sockets, asynchronous.
using AsyncLocal = AsyncTransport<Local>;

}  // namespace charcount

#endif
