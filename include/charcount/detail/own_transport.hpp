// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Which loops and sockets a server has that owns its threads.

#ifndef CHARCOUNT_DETAIL_OWN_TRANSPORT_HPP
#define CHARCOUNT_DETAIL_OWN_TRANSPORT_HPP

#include <asio/basic_stream_socket.hpp>
#include <charcount/detail/epoll_transport.hpp>
#include <charcount/detail/native_blocking_transport.hpp>
#include <charcount/handler.hpp>
#include <concepts>

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
struct OwnTransportOf {
    using type = Transport;
};
template <class Transport, class H>
requires(
    Transport::is_async&& PlainStream<typename Transport::Stream, typename Transport::Executor>&&
        RunsOnEpoll<H>) struct OwnTransportOf<Transport, H> {
    using type = EpollTransport<typename Transport::Stream, CoroutineHandler<H>>;
};
template <class Transport, class H>
requires(!Transport::is_async &&
         PlainStream<typename Transport::Stream,
                     typename Transport::Executor>) struct OwnTransportOf<Transport, H> {
    using type = NativeBlockingTransport<typename Transport::Stream>;
};

/// The transport of a server with threads of its own.
template <class Transport, class H>
using OwnTransport = typename OwnTransportOf<Transport, H>::type;

#else

/// The transport of a server with threads of its own.
template <class Transport, class H>
using OwnTransport = Transport;

#endif

}  // namespace charcount::detail

#endif
