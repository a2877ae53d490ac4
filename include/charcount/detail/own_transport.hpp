// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Which loops a server runs on that owns its threads.

#ifndef CHARCOUNT_DETAIL_OWN_TRANSPORT_HPP
#define CHARCOUNT_DETAIL_OWN_TRANSPORT_HPP

#include <asio/basic_stream_socket.hpp>
#include <charcount/detail/epoll_transport.hpp>
#include <charcount/handler.hpp>
#include <concepts>
#include <type_traits>

namespace charcount::detail {

#if CHARCOUNT_HAS_EPOLL

/// A stream type whose sockets are the system's, with nothing added.
template <class Stream, class Executor>
concept PlainStream = requires {
    typename Stream::Protocol;
}
&&std::same_as<typename Stream::template Socket<Executor>,
               asio::basic_stream_socket<typename Stream::Protocol, Executor>>;

/// A handler whose coroutines can run on an `EpollLoop`, or that has none.
template <class H>
concept RunsOnEpoll =
    !AwaitableHandler<H> ||
    std::constructible_from<typename MessageResult<H>::type::executor_type, EpollExecutor>;

template <class Transport, class H>
inline constexpr bool uses_epoll = false;
template <class Transport, class H>
requires PlainStream<typename Transport::Stream, typename Transport::Executor>
inline constexpr bool uses_epoll<Transport, H> = Transport::is_async && RunsOnEpoll<H>;

/// The transport of a server with threads of its own.
template <class Transport, class H>
using OwnTransport = typename std::conditional_t<
    uses_epoll<Transport, H>,
    std::type_identity<EpollTransport<typename Transport::Stream, AwaitableHandler<H>>>,
    std::type_identity<Transport>>::type;

#else

/// The transport of a server with threads of its own.
template <class Transport, class H>
using OwnTransport = Transport;

#endif

}  // namespace charcount::detail

#endif
