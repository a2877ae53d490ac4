// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of NativeSocket: what its calls return and fail with, as Asio's socket would.

#include <doctest/doctest.h>

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/socket_base.hpp>
#include <atomic>
#include <charcount/detail/descriptor.hpp>
#include <charcount/detail/epoll_acceptor.hpp>
#include <charcount/detail/epoll_executor.hpp>
#include <charcount/detail/native_socket.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <support/events.hpp>
#include <support/test_client.hpp>
#include <system_error>
#include <thread>
#include <utility>

namespace {

using charcount::detail::Descriptor;
using charcount::detail::EpollAcceptor;
using charcount::detail::EpollLoop;
using charcount::detail::NativeSocket;
using charcount::test::eventually;

using Tcp = asio::ip::tcp;
using Socket = NativeSocket<Tcp>;
using Client = charcount::test::TestClient<Tcp>;

// A socket that a client is connected to.
struct Pair {
    Client far;
    Socket near{Descriptor()};

    Pair() {
        EpollLoop loop;
        charcount::ServerOptions options;
        std::error_code error;
        EpollAcceptor<Tcp> acceptor(loop.get_executor());
        charcount::Tcp::listen(acceptor, options, error);
        REQUIRE_FALSE(error);
        far.connect(acceptor.local_endpoint(error));
        Tcp::endpoint remote;
        acceptor.accept(near, remote, error);
        REQUIRE_FALSE(error);
        REQUIRE(near.is_open());
    }

    // Until it is something else than that there is nothing.
    std::string read(std::error_code& error) {
        std::string bytes(100, ' ');
        std::size_t size = 0;
        REQUIRE(eventually([&] {
            size = near.read_some(asio::buffer(bytes), error);
            return error != asio::error::would_block;
        }));
        bytes.resize(size);
        return bytes;
    }
};

TEST_CASE("a read gets what has arrived, or would block") {
    Pair pair;
    std::array<char, 3> bytes{};
    std::error_code error;
    CHECK(pair.near.read_some(asio::buffer(bytes), error) == 0);
    CHECK(error == asio::error::would_block);
    pair.far.send_and_arrive("Halo");
    CHECK(pair.near.read_some(asio::buffer(bytes), error) == 3);
    CHECK_FALSE(error);
    CHECK(std::string(bytes.data(), 3) == "Hal");
    CHECK(pair.near.read_some(asio::buffer(bytes), error) == 1);
    CHECK(bytes[0] == 'o');
    CHECK(pair.near.read_some(asio::buffer(bytes), error) == 0);
    CHECK(error == asio::error::would_block);
}

TEST_CASE("the peer's end is the end of what can be read, however often one asks") {
    Pair pair;
    pair.far.send("Halo");
    pair.far.finish_sending();
    std::error_code error;
    CHECK(pair.read(error) == "Halo");
    CHECK_FALSE(error);
    for (int i = 0; i < 2; ++i) {
        CHECK(pair.read(error) == "");
        CHECK(error == asio::error::eof);
    }
}

TEST_CASE("a reset is an error of Asio's") {
    Pair pair;
    pair.far.reset();
    std::error_code error;
    CHECK(pair.read(error) == "");
    CHECK(error == asio::error::connection_reset);
    CHECK(error.category() == asio::error::get_system_category());
}

TEST_CASE("a write takes what fits, and then would block until the peer reads") {
    Pair pair;
    const std::string bytes(256 * 1024, 'x');
    std::size_t written = 0;
    std::error_code error;
    while (!error) written += pair.near.write_some(asio::buffer(bytes), error);
    CHECK(error == asio::error::would_block);
    CHECK(written > 0);
    CHECK(pair.far.read(written) == std::string(written, 'x'));
    CHECK(eventually([&] { return pair.near.write_some(asio::buffer("y", 1), error) == 1; }));
    CHECK_FALSE(error);
}

// Without MSG_NOSIGNAL it would end this process.
TEST_CASE("a write to a connection that is no more fails without a signal") {
    Pair pair;
    pair.far.reset();
    std::error_code error;
    CHECK(eventually([&] {
        pair.near.write_some(asio::buffer("x", 1), error);
        return error == asio::error::broken_pipe;
    }));
}

TEST_CASE("what can be read at once is known") {
    Pair pair;
    std::error_code error;
    CHECK(pair.near.available(error) == 0);
    pair.far.send_and_arrive("Halo");
    CHECK(pair.near.available(error) == 4);
    CHECK_FALSE(error);
}

TEST_CASE("a shutdown ends one direction") {
    Pair pair;
    std::error_code error;
    pair.near.shutdown(asio::socket_base::shutdown_send, error);
    CHECK_FALSE(error);
    CHECK(pair.far.read_to_end() == "");
    pair.far.send("Halo");
    CHECK(pair.read(error) == "Halo");
}

TEST_CASE("options are set, whatever type their value has") {
    Pair pair;
    std::error_code error;
    const auto value = [&](int level, int name) {
        int result = 0;
        socklen_t size = sizeof result;
        CHECK(::getsockopt(pair.near.native_handle(), level, name, &result, &size) == 0);
        return result;
    };
    pair.near.set_option(Tcp::no_delay(false), error);
    CHECK(value(IPPROTO_TCP, TCP_NODELAY) == 0);
    pair.near.set_option(Tcp::no_delay(true), error);
    CHECK_FALSE(error);
    CHECK(value(IPPROTO_TCP, TCP_NODELAY) != 0);
    pair.near.set_option(asio::socket_base::linger(true, 0), error);
    CHECK_FALSE(error);
    pair.near.close(error);
    CHECK(pair.far.read_to_end() == charcount::test::stream_reset);
}

TEST_CASE("a socket knows its own address") {
    Pair pair;
    std::error_code error;
    CHECK(pair.near.local_endpoint(error) == pair.far.socket().remote_endpoint());
    CHECK_FALSE(error);
}

TEST_CASE("a Unix domain socket without a path has an empty one") {
    EpollLoop loop;
    NativeSocket<asio::local::stream_protocol> socket(loop.get_executor());
    std::error_code error;
    socket.open(asio::local::stream_protocol(), error);
    CHECK_FALSE(error);
    CHECK(socket.local_endpoint(error).path() == "");
    CHECK_FALSE(error);
}

TEST_CASE("a socket that is opened does not block, and is not for child programs") {
    EpollLoop loop;
    Socket socket(loop.get_executor());
    CHECK_FALSE(socket.is_open());
    std::error_code error;
    socket.open(Tcp::v6(), error);
    CHECK_FALSE(error);
    REQUIRE(socket.is_open());
    CHECK((::fcntl(socket.native_handle(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(socket.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(socket.local_endpoint(error).protocol() == Tcp::v6());
}

TEST_CASE("a socket that is closed has no descriptor, and its calls fail") {
    Pair pair;
    std::error_code error = asio::error::eof;
    pair.near.close(error);
    CHECK_FALSE(error);
    CHECK_FALSE(pair.near.is_open());
    CHECK(pair.far.read_to_end() == "");
    std::array<char, 1> bytes{};
    const auto fails = [&] { return error == asio::error::bad_descriptor; };
    CHECK(pair.near.read_some(asio::buffer(bytes), error) == 0);
    CHECK(fails());
    CHECK(pair.near.write_some(asio::buffer(bytes), error) == 0);
    CHECK(fails());
    [[maybe_unused]] const auto size = pair.near.available(error);
    CHECK(fails());
    pair.near.set_option(Tcp::no_delay(true), error);
    CHECK(fails());
    pair.near.close(error);
    CHECK_FALSE(error);
}

TEST_CASE("a socket that is moved from has no descriptor any more") {
    Pair pair;
    Socket other = std::move(pair.near);
    CHECK(other.is_open());
    pair.near = Socket(Descriptor());
    std::error_code error;
    other.write_some(asio::buffer("x", 1), error);
    CHECK(pair.far.read(1) == "x");
}

TEST_CASE("a descriptor that takes another's place closes its own") {
    Pair pair;
    Pair other;
    pair.near = std::move(other.near);
    other.near = Socket(Descriptor());
    CHECK(pair.far.read_to_end() == "");
    std::error_code error;
    pair.near.write_some(asio::buffer("x", 1), error);
    CHECK(other.far.read(1) == "x");
}

// A socket whose descriptor blocks, and the other end of its connection.
struct BlockingPair {
    Descriptor far;
    NativeSocket<asio::local::stream_protocol> near{Descriptor()};

    BlockingPair() {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        far = Descriptor(ends[0]);
        near = NativeSocket<asio::local::stream_protocol>(Descriptor(ends[1]));
    }
};

TEST_CASE("only a read that waits waits, and no longer than it may") {
    BlockingPair pair;
    std::error_code error;
    std::array<char, 8> buffer{};
    CHECK(pair.near.read_some(asio::buffer(buffer), error) == 0);
    CHECK(error == asio::error::would_block);

    pair.near.limit_waits(std::chrono::milliseconds(30), error);
    REQUIRE_FALSE(error);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(pair.near.read_waiting(asio::buffer(buffer), error) == 0);
    CHECK(error == asio::error::would_block);
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(20));
}

TEST_CASE("a read that waits gets what comes meanwhile, and the end") {
    BlockingPair pair;
    std::error_code error;
    std::array<char, 8> buffer{};
    std::thread writer([&] {
        std::this_thread::yield();
        CHECK(::send(pair.far.number(), "abc", 3, MSG_NOSIGNAL) == 3);
    });
    CHECK(pair.near.read_waiting(asio::buffer(buffer), error) == 3);
    CHECK_FALSE(error);
    writer.join();
    CHECK(std::string(buffer.data(), 3) == "abc");

    pair.far.reset();
    CHECK(pair.near.read_waiting(asio::buffer(buffer), error) == 0);
    CHECK(error == asio::error::eof);
}

// As a profiler's, which would begin the wait anew again and again.
TEST_CASE("signals do not prolong a read that waits") {
    struct sigaction nothing {};
    struct sigaction before {};
    nothing.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGUSR1, &nothing, &before) == 0);
    BlockingPair pair;
    std::error_code error;
    pair.near.limit_waits(std::chrono::milliseconds(200), error);
    REQUIRE_FALSE(error);
    std::atomic<bool> is_over = false;
    const pthread_t reader = ::pthread_self();
    std::thread signals([&] {
        for (int i = 0; i < 100 && !is_over; ++i) {
            ::pthread_kill(reader, SIGUSR1);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
    std::array<char, 8> buffer{};
    const auto begin = std::chrono::steady_clock::now();
    CHECK(pair.near.read_waiting(asio::buffer(buffer), error) == 0);
    const auto elapsed = std::chrono::steady_clock::now() - begin;
    is_over = true;
    signals.join();
    CHECK(error == asio::error::would_block);
    CHECK(elapsed < std::chrono::milliseconds(1'500));
    CHECK(::sigaction(SIGUSR1, &before, nullptr) == 0);
}

TEST_CASE("a write never waits, though the descriptor blocks") {
    BlockingPair pair;
    const std::string bytes(1 << 20, 'x');
    std::error_code error;
    for (int i = 0; i < 64 && !error; ++i) pair.near.write_some(asio::buffer(bytes), error);
    CHECK(error == asio::error::would_block);
}

}  // namespace

#endif
