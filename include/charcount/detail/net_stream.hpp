// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// NetStream: what the stream types over the system's sockets have in common.

#ifndef CHARCOUNT_DETAIL_NET_STREAM_HPP
#define CHARCOUNT_DETAIL_NET_STREAM_HPP

#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/epoll_waiter.hpp>
#include <charcount/detail/poll.hpp>
#include <charcount/detail/waker.hpp>
#include <chrono>
#include <system_error>

namespace charcount::detail {

/// A stream type names its sockets, acceptors, timers and clock, and waits for them. The session
/// drivers take all of these from it and from nowhere else.
///
/// A socket has Asio's names: `async_read_some`, `async_write_some`, `async_wait`, and, once
/// prepared, `read_some` and `write_some` that never block; `shutdown`, `cancel`, `close`.
template <class Protocol_>
struct NetStream {
    using Protocol = Protocol_;
    using Endpoint = typename Protocol::endpoint;
    using Clock = std::chrono::steady_clock;

    template <class Executor>
    using Socket = asio::basic_stream_socket<Protocol, Executor>;
    template <class Executor>
    using Acceptor = asio::basic_socket_acceptor<Protocol, Executor>;
    template <class Executor>
    using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

#if CHARCOUNT_HAS_EPOLL
    /// Interrupts a wait from another thread.
    using Waker = EpollWaiter;
#else
    using Waker = detail::Waker;
#endif

    /// Waits until the socket or acceptor is ready, the waker was signalled, or the deadline.
    template <class SocketOrAcceptor>
    static Readiness wait(SocketOrAcceptor& socket, Interest interest, Waker* waker,
                          Clock::time_point deadline) {
#if CHARCOUNT_HAS_EPOLL
        if (waker) return waker->wait(socket.native_handle(), interest, deadline);
        return poll_socket(socket.native_handle(), interest, nullptr, deadline);
#else
        return poll_socket(socket.native_handle(), interest, waker, deadline);
#endif
    }

    /// Waits for the waker alone.
    static Readiness wait(Waker& waker, Clock::time_point deadline) {
#if CHARCOUNT_HAS_EPOLL
        return waker.wait(deadline);
#else
        return poll_waker(waker, deadline);
#endif
    }

    /// Makes the coming `close` a reset: the peer learns that it did not get everything.
    template <class Socket>
    static void reset_on_close(Socket& socket) noexcept {
        std::error_code ignored;
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
    }
};

}  // namespace charcount::detail

#endif
