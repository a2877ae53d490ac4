// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of OwnTransport: which servers run on the library's own loop, and that all of them serve.

#include <doctest/doctest.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/char_count_handler.hpp>
#include <charcount/detail/own_transport.hpp>
#include <charcount/detail/platform.hpp>
#include <charcount/task.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <charcount/transport/memory.hpp>
#include <chrono>
#include <concepts>
#include <string>
#include <string_view>
#include <support/counting_tcp.hpp>
#include <support/endless_tcp.hpp>
#include <support/repeated.hpp>
#include <support/test_server.hpp>
#include <tuple>

namespace {

using charcount::AsyncLocal;
using charcount::AsyncMemory;
using charcount::AsyncTcp;
using charcount::AsyncTransport;
using charcount::BlockingLocal;
using charcount::BlockingMemory;
using charcount::BlockingTcp;
using charcount::BlockingTransport;
using charcount::CharCountHandler;
using charcount::detail::OwnTransport;
using charcount::test::CountingTcp;
using charcount::test::EndlessTcp;
using charcount::test::HookedHandler;
using charcount::test::repeated;
using charcount::test::RunningServer;
using charcount::test::TcpOneLoop;
using charcount::test::TcpTwoLoops;
using charcount::test::TcpUsersLoop;

using Clock = std::chrono::steady_clock;

// Waits for a moment on its executor, whatever type that has, and echoes.
template <class Executor>
struct LaterOn {
    asio::awaitable<std::string, Executor> operator()(std::string_view message) {
        asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> timer(
            co_await asio::this_coro::executor, std::chrono::milliseconds(1));
        co_await timer.async_wait(asio::use_awaitable_t<Executor>());
        co_return std::string(message);
    }
};

struct LaterInTask {
    charcount::Task<std::string> operator()(std::string_view message);
};

using LaterAnywhere = LaterOn<asio::any_io_executor>;
using LaterOnAsio = LaterOn<asio::io_context::executor_type>;

template <class Transport, class H>
inline constexpr bool is_kept = std::same_as<OwnTransport<Transport, H>, Transport>;

// On Linux the system's sockets are served by the library's own loop,
constexpr bool has_epoll = CHARCOUNT_HAS_EPOLL != 0;
static_assert(is_kept<AsyncTcp, CharCountHandler> != has_epoll);
static_assert(is_kept<AsyncTcp, HookedHandler> != has_epoll);
static_assert(is_kept<AsyncTcp, LaterAnywhere> != has_epoll);
static_assert(is_kept<AsyncTcp, LaterInTask> != has_epoll);
static_assert(is_kept<AsyncLocal, CharCountHandler> != has_epoll);
// or by a thread each without Asio's,
static_assert(is_kept<BlockingTcp, CharCountHandler> != has_epoll);
static_assert(is_kept<BlockingLocal, CharCountHandler> != has_epoll);

// but not those of the user's, nor a handler that wants Asio's loop.
static_assert(is_kept<AsyncTcp, LaterOnAsio>);
static_assert(is_kept<AsyncLocal, LaterOnAsio>);
static_assert(is_kept<AsyncMemory, CharCountHandler>);
static_assert(is_kept<AsyncTransport<CountingTcp>, CharCountHandler>);
static_assert(is_kept<AsyncTransport<EndlessTcp>, CharCountHandler>);
static_assert(is_kept<BlockingMemory, CharCountHandler>);
static_assert(is_kept<BlockingTransport<EndlessTcp>, CharCountHandler>);

#if CHARCOUNT_HAS_EPOLL
using charcount::detail::CoroutineLoop;
using charcount::detail::EpollLoop;

// Only coroutines need a frame of Asio's around the loop.
static_assert(std::same_as<OwnTransport<AsyncTcp, CharCountHandler>::Loop, EpollLoop>);
static_assert(
    std::same_as<OwnTransport<AsyncTcp, LaterAnywhere>::Loop, CoroutineLoop<asio::io_context>>);
static_assert(
    std::same_as<OwnTransport<AsyncTcp, LaterInTask>::Loop, CoroutineLoop<asio::io_context>>);
#endif

using Rows = std::tuple<TcpOneLoop, TcpTwoLoops, TcpUsersLoop>;

TEST_CASE_TEMPLATE_DEFINE("a handler whose coroutines want Asio's loop is served on one", Row,
                          wants_asio) {
    RunningServer<Row, LaterOnAsio> server;
    auto clients = server.connect_many(3);
    for (auto& client : clients) CHECK(client->ask("Halo") == "Halo");
    clients[0]->send(repeated("dunia\n", 20));
    CHECK(clients[0]->read(6 * 20) == repeated("dunia\n", 20));
    clients[1]->send_and_arrive("last\n");
    server->stop();
    CHECK(clients[1]->read_to_end() == "last\n");
}
TEST_CASE_TEMPLATE_APPLY(wants_asio, Rows);

TEST_CASE_TEMPLATE_DEFINE("a handler whose coroutines run anywhere is served on the same rows", Row,
                          runs_anywhere) {
    RunningServer<Row, LaterAnywhere> server;
    CHECK(server.connect().ask("Halo") == "Halo");
}
TEST_CASE_TEMPLATE_APPLY(runs_anywhere, Rows);

}  // namespace
