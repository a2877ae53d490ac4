// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// NativeBlockingTransport: the system's own sockets under a server with a thread a connection.

#ifndef CHARCOUNT_DETAIL_NATIVE_BLOCKING_TRANSPORT_HPP
#define CHARCOUNT_DETAIL_NATIVE_BLOCKING_TRANSPORT_HPP

#include <charcount/detail/native_acceptor.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <charcount/detail/asio_loop.hpp>

namespace charcount::detail {

/// Has what `BlockingTransport` has. Asio would have its own epoll told of all that arrives, and
/// its sockets can't be waited for in a read.
template <class Stream_>
struct NativeBlockingTransport {
    static constexpr bool is_async = false;

    using Stream = Stream_;
    using Endpoint = typename Stream::Endpoint;
    using Clock = typename Stream::Clock;
    using Home = NoHome;
    using Socket = NativeSocket<typename Stream::Protocol>;
    using Acceptor = NativeAcceptor<typename Stream::Protocol, Socket, 0>;
    using Waker = typename Stream::Waker;
    using Loop = AsioLoop;
};

}  // namespace charcount::detail

#endif
#endif
