// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// EpollTransport: the system's sockets on loops of the library's own, for servers on Linux that
// own their threads.

#ifndef CHARCOUNT_DETAIL_EPOLL_TRANSPORT_HPP
#define CHARCOUNT_DETAIL_EPOLL_TRANSPORT_HPP

#include <charcount/detail/epoll_loop.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <charcount/detail/epoll_acceptor.hpp>
#include <charcount/detail/epoll_executor.hpp>
#include <charcount/detail/epoll_timer.hpp>
#include <charcount/detail/native_socket.hpp>
#include <charcount/detail/readiness_io.hpp>
#include <type_traits>

namespace charcount::detail {

/// A loop whose thread Asio takes for one of its own, as it runs within a handler of Asio's: so
/// memory that Asio allocates for a coroutine is kept for the next one.
template <class Context>
class CoroutineLoop : public EpollLoop {
public:
    void run() {
        Context frame{1};
        asio::post(frame, [this] { EpollLoop::run(); });
        frame.run();
    }
};

/// Has what `AsyncTransport` has. `Stream_`: `Tcp` or `Local`.
template <class Stream_, bool RunsCoroutines>
struct EpollTransport {
    static constexpr bool is_async = true;

    using Stream = Stream_;
    using Loop = std::conditional_t<RunsCoroutines, CoroutineLoop<asio::io_context>, EpollLoop>;
    using Executor = EpollExecutor;
    using Endpoint = typename Stream::Endpoint;
    using Clock = EpollLoop::Clock;
    using Socket = NativeSocket<typename Stream::Protocol>;
    using Acceptor = EpollAcceptor<typename Stream::Protocol>;
    using Timer = EpollTimer;
    template <class Session>
    using Io = ReadinessIo<Session>;
};

}  // namespace charcount::detail

#endif
#endif
