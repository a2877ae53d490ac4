// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of EpollAcceptor: what it accepts, when it tells, and how it ends.

#include <doctest/doctest.h>

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <charcount/detail/descriptor.hpp>
#include <charcount/detail/epoll_acceptor.hpp>
#include <charcount/detail/epoll_executor.hpp>
#include <charcount/detail/epoll_loop.hpp>
#include <charcount/detail/epoll_timer.hpp>
#include <charcount/detail/native_socket.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/tcp.hpp>
#include <chrono>
#include <optional>
#include <support/events.hpp>
#include <support/test_client.hpp>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using charcount::Tcp;
using charcount::detail::Descriptor;
using charcount::detail::EpollAcceptor;
using charcount::detail::EpollLoop;
using charcount::detail::EpollTimer;
using charcount::detail::NativeSocket;
using charcount::test::patience;
using namespace std::chrono_literals;

using Protocol = asio::ip::tcp;
using Socket = NativeSocket<Protocol>;
using Client = charcount::test::TestClient<Protocol>;
using Errors = std::vector<std::error_code>;

// A listening acceptor on a loop, and what it was told.
struct Listening {
    EpollLoop loop;
    std::optional<EpollAcceptor<Protocol>> acceptor{loop.get_executor()};
    Protocol::endpoint address;
    Protocol::endpoint remote;
    std::vector<Socket> sockets;
    Errors errors;

    Listening() {
        std::error_code error;
        Tcp::listen(*acceptor, charcount::ServerOptions(), error);
        REQUIRE_FALSE(error);
        address = acceptor->local_endpoint(error);
        REQUIRE_FALSE(error);
    }

    // Accepts one, then calls `next`.
    template <class Next>
    void accept(Next next) {
        acceptor->async_accept(loop.get_executor(), remote,
                               [this, next](std::error_code error, Socket socket) {
                                   errors.push_back(error);
                                   if (!error) sockets.push_back(std::move(socket));
                                   next();
                               });
    }

    // Runs the loop until it is stopped, or for so long.
    void run(std::chrono::milliseconds time = patience) {
        EpollTimer timer(loop.get_executor());
        timer.expires_after(time);
        timer.async_wait([this](std::error_code) { loop.stop(); });
        loop.run();
    }
};

TEST_CASE("a connection is accepted, whether it comes before or after it is asked for") {
    Listening listening;
    Client client;
    const auto stop = [&] { listening.loop.stop(); };
    SUBCASE("before") {
        client.connect(listening.address);
        listening.accept(stop);
    }
    SUBCASE("after") {
        listening.accept(stop);
        client.connect(listening.address);
    }
    listening.run();
    REQUIRE(listening.errors == Errors{{}});
    CHECK(listening.remote == client.socket().local_endpoint());
    std::error_code error;
    listening.sockets.at(0).write_some(asio::buffer("x", 1), error);
    CHECK(client.read(1) == "x");
    CHECK((::fcntl(listening.sockets.at(0).native_handle(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(listening.sockets.at(0).native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("each that is asked for is one connection, and the others wait") {
    Listening listening;
    const Client first(listening.address);
    const Client second(listening.address);
    Client third(listening.address);
    listening.accept([&] { listening.accept([] {}); });
    listening.run(20ms);
    CHECK(listening.errors == Errors{{}, {}});
    Socket socket{Descriptor()};
    std::error_code error;
    listening.acceptor->accept(socket, listening.remote, error);
    CHECK_FALSE(error);
    CHECK(listening.remote == third.socket().local_endpoint());
}

TEST_CASE("one that was not wanted is accepted when it is") {
    Listening listening;
    const Client first(listening.address);
    const Client second(listening.address);
    EpollTimer later(listening.loop.get_executor());
    later.expires_after(10ms);  // by then it looks away
    later.async_wait([&](std::error_code) { listening.accept([&] { listening.loop.stop(); }); });
    listening.accept([] {});
    listening.run();
    CHECK(listening.errors == Errors{{}, {}});
}

TEST_CASE("without a connection, to accept would block") {
    Listening listening;
    Socket socket{Descriptor()};
    std::error_code error;
    listening.acceptor->accept(socket, listening.remote, error);
    CHECK(error == asio::error::would_block);
    CHECK_FALSE(socket.is_open());
}

TEST_CASE("a wait that is cancelled ends in a later turn, once") {
    Listening listening;
    std::error_code error;
    listening.accept([&] { listening.loop.stop(); });
    SUBCASE("by itself") {
        listening.acceptor->cancel(error);
        listening.acceptor->cancel(error);
        CHECK(listening.acceptor->is_open());
    }
    SUBCASE("by closing") {
        listening.acceptor->close(error);
        CHECK_FALSE(listening.acceptor->is_open());
    }
    SUBCASE("by its end") {
        listening.acceptor.reset();
    }
    CHECK_FALSE(error);
    CHECK(listening.errors.empty());
    listening.run();
    CHECK(listening.errors == Errors{asio::error::operation_aborted});
}

TEST_CASE("an acceptor whose wait was cancelled accepts again") {
    Listening listening;
    std::error_code error;
    listening.accept([&] { listening.accept([&] { listening.loop.stop(); }); });
    listening.acceptor->cancel(error);
    const Client client(listening.address);
    listening.run();
    CHECK(listening.errors == Errors{asio::error::operation_aborted, {}});
}

TEST_CASE("a handler may close the acceptor, or destroy it") {
    Listening listening;
    const Client client(listening.address);
    SUBCASE("close") {
        listening.accept([&] {
            std::error_code error;
            listening.acceptor->close(error);
            listening.loop.stop();
        });
    }
    SUBCASE("destroy") {
        listening.accept([&] {
            listening.acceptor.reset();
            listening.loop.stop();
        });
    }
    listening.run();
    CHECK(listening.errors == Errors{{}});
    CHECK(Client().try_connect(listening.address) == asio::error::connection_refused);
}

TEST_CASE("an acceptor that is not open tells of it in a later turn") {
    Listening listening;
    std::error_code error;
    listening.acceptor->close(error);
    listening.accept([&] { listening.loop.stop(); });
    CHECK(listening.errors.empty());
    listening.run();
    CHECK(listening.errors == Errors{asio::error::bad_descriptor});
}

// How busy the loop is while there is nothing to do for it.
std::chrono::nanoseconds time_of_run(Listening& listening, std::chrono::milliseconds time) {
    const auto time_of_thread = [] {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    };
    const auto begin = time_of_thread();
    listening.run(time);
    return time_of_thread() - begin;
}

TEST_CASE("a connection that nobody wants yet costs the loop no time") {
    Listening listening;
    const Client first(listening.address);
    const Client second(listening.address);
    listening.accept([] {});
    CHECK(time_of_run(listening, 300ms) < 30ms);
    CHECK(listening.errors == Errors{{}});
}

// As a forked child keeps one: connections go on to come there.
TEST_CASE("a closed acceptor of which a copy is open costs the loop no time") {
    Listening listening;
    listening.accept([] {});
    const Descriptor copy(::dup(listening.acceptor->native_handle()));
    REQUIRE(copy);
    std::error_code error;
    listening.acceptor->close(error);
    const Client client(listening.address);
    CHECK(time_of_run(listening, 300ms) < 30ms);
}

// The peer's acknowledgements wait otherwise for what the server holds back.
TEST_CASE("an accepted connection sends at once, whatever accepts it") {
    std::error_code error;
    SUBCASE("EpollAcceptor") {
        Listening listening;
        const Client client(listening.address);
        Socket socket{Descriptor()};
        listening.acceptor->accept(socket, listening.remote, error);
        REQUIRE_FALSE(error);
        Tcp::prepare_accepted(socket, error);
        REQUIRE_FALSE(error);
        int value = 0;
        socklen_t size = sizeof value;
        CHECK(::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &value, &size) == 0);
        CHECK(value != 0);
    }
    SUBCASE("Asio's") {
        asio::io_context context;
        Protocol::acceptor acceptor(context);
        Tcp::listen(acceptor, charcount::ServerOptions(), error);
        REQUIRE_FALSE(error);
        const Client client(acceptor.local_endpoint());
        Protocol::socket socket = acceptor.accept();
        Tcp::prepare_accepted(socket, error);
        REQUIRE_FALSE(error);
        Protocol::no_delay option;
        socket.get_option(option);
        CHECK(option.value());
        CHECK(socket.non_blocking());
    }
}

}  // namespace

#endif
