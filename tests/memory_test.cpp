// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the memory transport: its connections, its clock, its faults, its completion handlers.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <asio/awaitable.hpp>
#include <asio/bind_allocator.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/strand.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>
#include <charcount/transport/memory.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <support/memory_peer.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

// Words of windows.h, which defines them as nothing.
#undef far
#undef near

using charcount::Memory;
using charcount::MemoryClock;
using charcount::MemoryEndpoint;
using charcount::MemoryExperiment;
using charcount::MemorySide;
using charcount::MemoryStep;
using charcount::test::MemoryPeer;
using namespace std::chrono_literals;

namespace {

using Executor = asio::io_context::executor_type;
using Socket = Memory::Socket<Executor>;
using Acceptor = Memory::Acceptor<Executor>;
using Timer = Memory::Timer<Executor>;

/// What a completion handler was told.
struct Told {
    int times = 0;
    std::error_code error;
    std::size_t size = 0;

    auto listener() {
        return [this](std::error_code told, std::size_t count = 0) {
            ++times;
            error = told;
            size = count;
        };
    }
};

/// A port that is listened on.
struct Listening {
    explicit Listening(std::uint16_t port = 0, int backlog = 8) {
        acceptor.listen(MemoryEndpoint(port), backlog, error);
    }

    [[nodiscard]] std::uint16_t port() {
        std::error_code ignored;
        return acceptor.local_endpoint(ignored).port();
    }

    Socket accept() {
        Socket socket(loop);
        MemoryEndpoint remote;
        acceptor.accept(socket, remote, error);
        return socket;
    }

    asio::io_context loop;
    Acceptor acceptor{loop};
    std::error_code error;
};

/// A connection whose two ends belong to the same loop.
struct Connection {
    Connection() {
        // Nobody is going to wait for these by blocking.
        const auto now = MemoryClock::now();
        near.connect(MemoryEndpoint(listening.port()), error);
        REQUIRE_FALSE(error);
        far = listening.accept();
        REQUIRE(far.is_open());
        Memory::wait(listening.acceptor, {}, nullptr, now);
        Memory::wait(far, {}, nullptr, now);
    }

    std::size_t write(std::string_view bytes) {
        return near.write_some(asio::buffer(bytes), error);
    }

    std::string read(std::size_t most = 64) {
        std::string bytes(most, '\0');
        bytes.resize(far.read_some(asio::buffer(bytes), error));
        return bytes;
    }

    void poll() {
        loop.restart();
        loop.poll();
    }

    Listening listening;
    asio::io_context& loop = listening.loop;
    Socket near{loop};
    Socket far{loop};
    std::error_code error;
};

/// Counts what it gives out.
template <class T>
struct CountingAllocator {
    using value_type = T;

    explicit CountingAllocator(int& held) : live(&held) {}
    template <class U>
    explicit CountingAllocator(const CountingAllocator<U>& other) : live(other.live) {}

    T* allocate(std::size_t count) {
        ++*live;
        return std::allocator<T>().allocate(count);
    }
    void deallocate(T* place, std::size_t count) {
        --*live;
        std::allocator<T>().deallocate(place, count);
    }
    friend bool operator==(const CountingAllocator& left, const CountingAllocator& right) {
        return left.live == right.live;
    }

    int* live;
};

}  // namespace

TEST_SUITE_BEGIN("connections");

TEST_CASE("what one end writes, the other reads") {
    Connection connection;
    CHECK(connection.write("Halo") == 4);
    CHECK(connection.write(" dunia") == 6);
    CHECK(connection.far.available(connection.error) == 10);
    CHECK(connection.read(6) == "Halo d");
    CHECK(connection.read() == "unia");
    CHECK(connection.read().empty());
    CHECK(connection.error == asio::error::would_block);
}

TEST_CASE("buffer sequences are gathered and scattered") {
    Connection connection;
    std::string one = "Halo", two = " dunia";
    const std::array<asio::const_buffer, 2> out{asio::buffer(one), asio::buffer(two)};
    CHECK(connection.near.write_some(out, connection.error) == 10);
    std::string first(3, '\0'), second(20, '\0');
    const std::array<asio::mutable_buffer, 2> in{asio::buffer(first), asio::buffer(second)};
    CHECK(connection.far.read_some(in, connection.error) == 10);
    CHECK(first == "Hal");
    CHECK(second.substr(0, 7) == "o dunia");
}

TEST_CASE("a pipe holds so many bytes in each direction, and then the writer waits") {
    const MemoryExperiment experiment({.pipe_capacity = 8});
    Connection connection;
    CHECK(connection.write("0123456789") == 8);
    CHECK(connection.write("89") == 0);
    CHECK(connection.error == asio::error::would_block);

    Told written;
    connection.near.async_write_some(asio::buffer("89", 2), written.listener());
    connection.poll();
    CHECK(written.times == 0);
    CHECK(connection.read(1) == "0");
    connection.poll();
    CHECK(written.times == 1);
    CHECK(written.size == 1);
    CHECK(connection.read() == "12345678");
    CHECK(connection.far.write_some(asio::buffer("other way"), connection.error) == 8);
}

TEST_CASE("many bytes go through a small pipe unharmed") {
    const MemoryExperiment experiment({.pipe_capacity = 7});
    Connection connection;
    std::string sent, received;
    for (int i = 0; i < 1000; ++i) {
        const std::string text = std::to_string(i);
        sent.append(text, 0, connection.write(text));
        if (i % 3 == 0) received += connection.read(5);
    }
    received += connection.read();
    CHECK(received == sent);
}

TEST_CASE("after a half-close all is read, then the end, and the other direction goes on") {
    Connection connection;
    connection.write("last");
    connection.near.shutdown(asio::socket_base::shutdown_send, connection.error);
    CHECK_FALSE(connection.error);
    CHECK(connection.read() == "last");
    CHECK(connection.read().empty());
    CHECK(connection.error == asio::error::eof);
    CHECK(connection.write("more") == 0);
    CHECK(connection.error == asio::error::broken_pipe);
    CHECK(connection.far.write_some(asio::buffer("reply", 5), connection.error) == 5);
    CHECK(connection.near.available(connection.error) == 5);
}

TEST_CASE("a close after all was read is an orderly end") {
    Connection connection;
    connection.write("last");
    connection.near.close(connection.error);
    CHECK(connection.read() == "last");
    CHECK(connection.read().empty());
    CHECK(connection.error == asio::error::eof);
}

TEST_CASE("a close with bytes unread is a reset, which costs the peer what it had not read") {
    Connection connection;
    connection.far.write_some(asio::buffer("reply"), connection.error);
    connection.write("unread");
    connection.far.close(connection.error);
    std::array<char, 8> buffer;
    CHECK(connection.near.read_some(asio::buffer(buffer), connection.error) == 0);
    CHECK(connection.error == asio::error::connection_reset);
    connection.near.read_some(asio::buffer(buffer), connection.error);
    CHECK(connection.error == asio::error::eof);
    CHECK(connection.write("more") == 0);
    CHECK(connection.error == asio::error::broken_pipe);
    connection.near.shutdown(asio::socket_base::shutdown_send, connection.error);
    CHECK(connection.error == asio::error::not_connected);
}

TEST_CASE("a reset can be asked for") {
    Connection connection;
    Memory::reset_on_close(connection.near);
    connection.near.close(connection.error);
    CHECK(connection.read().empty());
    CHECK(connection.error == asio::error::connection_reset);
}

TEST_CASE("a write to a closed peer is answered with a reset") {
    Connection connection;
    connection.far.close(connection.error);
    CHECK(connection.write("too late") == 8);
    CHECK(connection.write("again") == 0);
    CHECK(connection.error == asio::error::connection_reset);
    CHECK(connection.write("again") == 0);
    CHECK(connection.error == asio::error::broken_pipe);
}

TEST_CASE("a socket that goes out of scope is closed, one that is moved is not") {
    Connection connection;
    {
        Socket moved = std::move(connection.near);
        CHECK(moved.is_open());
        CHECK_FALSE(connection.near.is_open());
        CHECK(connection.read().empty());
        CHECK(connection.error == asio::error::would_block);
    }
    CHECK(connection.read().empty());
    CHECK(connection.error == asio::error::eof);
}

TEST_CASE("a closed socket says so") {
    asio::io_context loop;
    Socket socket(loop);
    std::error_code error;
    std::array<char, 8> buffer;
    socket.read_some(asio::buffer(buffer), error);
    CHECK(error == asio::error::bad_descriptor);
    Told told;
    socket.async_read_some(asio::buffer(buffer), told.listener());
    loop.poll();
    CHECK(told.error == asio::error::bad_descriptor);
    socket.shutdown(asio::socket_base::shutdown_send, error);
    CHECK(error == asio::error::bad_descriptor);
    CHECK(socket.local_endpoint(error) == MemoryEndpoint());
    CHECK(error == asio::error::not_connected);
}

TEST_CASE("both ends know both addresses") {
    Connection connection;
    std::error_code error;
    CHECK(connection.near.remote_endpoint(error).port() == connection.listening.port());
    CHECK(connection.near.local_endpoint(error) == connection.far.remote_endpoint(error));
    CHECK(connection.near.local_endpoint(error).port() >= 49152);
    CHECK(connection.far.local_endpoint(error) == connection.near.remote_endpoint(error));
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("listening");

TEST_CASE("nobody listens: refused") {
    CHECK(MemoryPeer().connect(7) == asio::error::connection_refused);
    asio::io_context loop;
    Socket socket(loop);
    Told told;
    socket.async_connect(MemoryEndpoint(7), told.listener());
    CHECK(told.times == 0);
    loop.poll();
    CHECK(told.error == asio::error::connection_refused);
}

TEST_CASE("a port can be listened on by one, until it is closed") {
    std::error_code error;
    {
        Listening first(4711);
        CHECK_FALSE(first.error);
        CHECK(first.port() == 4711);
        CHECK(Listening(4711).error == asio::error::address_in_use);
    }
    CHECK_FALSE(Listening(4711).error);
    CHECK(Listening().port() != Listening().port());
}

TEST_CASE("connections wait in the backlog, one more than it says, before they wait to connect") {
    Listening listening(0, 1);
    MemoryPeer one(listening.port()), two(listening.port());
    CHECK(one.send("one") == 3);
    MemoryPeer three;
    CHECK(three.connect(listening.port()) == asio::error::would_block);

    asio::io_context loop;
    Socket four(loop);
    Told connected;
    four.async_connect(MemoryEndpoint(listening.port()), connected.listener());
    loop.poll();
    CHECK(connected.times == 0);

    CHECK(listening.accept().available(listening.error) == 3);
    CHECK(three.send("three") == 5);
    const Socket accepted = listening.accept();
    loop.poll();
    CHECK(connected.times == 1);
    CHECK_FALSE(connected.error);
}

TEST_CASE("a listener that closes resets its backlog and refuses those who wait to connect") {
    Listening listening(0, 1);
    MemoryPeer one(listening.port()), two(listening.port());
    asio::io_context loop;
    Socket three(loop);
    Told connected;
    three.async_connect(MemoryEndpoint(listening.port()), connected.listener());
    listening.acceptor.close(listening.error);
    loop.poll();
    CHECK(connected.error == asio::error::connection_refused);
    one.receive();
    CHECK(one.end == asio::error::connection_reset);
}

TEST_CASE("a client that gave up does not take a place in the backlog") {
    Listening listening(0, 1);
    MemoryPeer one(listening.port()), two(listening.port());
    {
        MemoryPeer three;
        CHECK(three.connect(listening.port()) == asio::error::would_block);
    }
    CHECK(listening.accept().is_open());
    CHECK(listening.accept().is_open());
    CHECK_FALSE(listening.accept().is_open());
    CHECK(listening.error == asio::error::would_block);
}

TEST_CASE("an accept that waits completes with a socket on the executor that was asked for") {
    Listening listening;
    asio::io_context other;
    MemoryEndpoint remote;
    std::error_code accept_error = asio::error::would_block;
    Socket accepted(other);
    listening.acceptor.async_accept(other.get_executor(), remote,
                                    [&](std::error_code error, Socket socket) {
                                        accept_error = error;
                                        accepted = std::move(socket);
                                    });
    listening.loop.poll();
    CHECK(accept_error == asio::error::would_block);
    MemoryPeer peer(listening.port());
    listening.loop.poll();
    CHECK_FALSE(accept_error);
    CHECK(&accepted.get_executor().context() == &other);
    std::error_code error;
    CHECK(remote == peer.socket.local_endpoint(error));

    Told told;
    listening.acceptor.async_accept(other.get_executor(), remote,
                                    [&](std::error_code result, const Socket& socket) {
                                        told.listener()(result);
                                        CHECK_FALSE(socket.is_open());
                                    });
    listening.acceptor.cancel(error);
    listening.loop.restart();
    listening.loop.poll();
    CHECK(told.error == asio::error::operation_aborted);
}

TEST_CASE("a connection that was accepted for a handler which never runs is closed") {
    auto listening = std::make_unique<Listening>();
    MemoryEndpoint remote;
    listening->acceptor.async_accept(listening->loop.get_executor(), remote,
                                     [](std::error_code, const Socket&) { FAIL("it ran"); });
    MemoryPeer peer(listening->port());
    listening.reset();
    peer.receive();
    CHECK(peer.end == asio::error::eof);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("operations that wait");

TEST_CASE("a read waits for bytes, and completes on the loop, never within a call") {
    Connection connection;
    std::array<char, 8> buffer;
    Told told;
    connection.far.async_read_some(asio::buffer(buffer), told.listener());
    connection.poll();
    CHECK(told.times == 0);
    connection.write("Halo");
    CHECK(told.times == 0);
    connection.poll();
    CHECK(told.times == 1);
    CHECK(told.size == 4);
    CHECK(std::string_view(buffer.data(), 4) == "Halo");

    connection.write("again");
    connection.far.async_read_some(asio::buffer(buffer), told.listener());
    CHECK(told.times == 1);
    connection.poll();
    CHECK(told.size == 5);
}

TEST_CASE("a read that waits learns of the end and of a reset") {
    Connection connection;
    std::array<char, 8> buffer;
    Told far, near;
    connection.far.async_read_some(asio::buffer(buffer), far.listener());
    connection.near.shutdown(asio::socket_base::shutdown_send, connection.error);
    connection.near.async_read_some(asio::buffer(buffer), near.listener());
    connection.poll();
    CHECK(far.error == asio::error::eof);
    CHECK(near.times == 0);
    Memory::reset_on_close(connection.far);
    connection.far.close(connection.error);
    connection.poll();
    CHECK(near.error == asio::error::connection_reset);
}

TEST_CASE("a write that waits learns that the peer is gone") {
    const MemoryExperiment experiment({.pipe_capacity = 4});
    Connection connection;
    connection.write("full");
    Told told;
    connection.near.async_write_some(asio::buffer("more", 4), told.listener());
    connection.poll();
    CHECK(told.times == 0);
    connection.far.close(connection.error);
    connection.poll();
    CHECK(told.error == asio::error::connection_reset);
}

TEST_CASE("waiting for readiness moves nothing") {
    const MemoryExperiment experiment({.pipe_capacity = 4});
    Connection connection;
    Told readable, writable;
    connection.far.async_wait(asio::socket_base::wait_read, readable.listener());
    connection.near.async_wait(asio::socket_base::wait_write, writable.listener());
    connection.poll();
    CHECK(readable.times == 0);
    CHECK(writable.times == 1);
    connection.write("Halo");
    connection.near.async_wait(asio::socket_base::wait_write, writable.listener());
    connection.poll();
    CHECK(readable.times == 1);
    CHECK(writable.times == 1);
    CHECK(connection.read() == "Halo");
    connection.poll();
    CHECK(writable.times == 2);
}

TEST_CASE("cancel and close end what waits, and nothing was moved") {
    Connection connection;
    std::array<char, 8> buffer;
    Told first, second;
    connection.far.async_read_some(asio::buffer(buffer), first.listener());
    connection.far.cancel(connection.error);
    connection.write("Halo");
    connection.poll();
    CHECK(first.times == 1);
    CHECK(first.error == asio::error::operation_aborted);
    CHECK(connection.read() == "Halo");
    connection.far.async_read_some(asio::buffer(buffer), second.listener());
    connection.far.close(connection.error);
    CHECK(second.times == 0);
    connection.poll();
    CHECK(second.times == 1);
    CHECK(second.error == asio::error::operation_aborted);
}

TEST_CASE("a cancellation slot ends its own operation alone, and none that has completed") {
    Connection connection;
    std::array<char, 8> buffer;
    asio::cancellation_signal signal;
    Told read, ready;
    connection.far.async_wait(asio::socket_base::wait_read, ready.listener());
    connection.far.async_read_some(asio::buffer(buffer),
                                   asio::bind_cancellation_slot(signal.slot(), read.listener()));
    signal.emit(asio::cancellation_type::none);
    connection.poll();
    CHECK(read.times == 0);
    signal.emit(asio::cancellation_type::terminal);
    signal.emit(asio::cancellation_type::terminal);
    connection.poll();
    CHECK(read.times == 1);
    CHECK(read.error == asio::error::operation_aborted);
    CHECK(ready.times == 0);

    connection.far.async_read_some(asio::buffer(buffer),
                                   asio::bind_cancellation_slot(signal.slot(), read.listener()));
    connection.write("Halo");
    signal.emit(asio::cancellation_type::terminal);
    connection.poll();
    CHECK(read.times == 2);
    CHECK_FALSE(read.error);
    CHECK(ready.times == 1);
}

TEST_CASE("a handler runs on its own executor") {
    Connection connection;
    asio::io_context other;
    std::array<char, 8> buffer;
    Told told;
    connection.far.async_read_some(asio::buffer(buffer),
                                   asio::bind_executor(other, told.listener()));
    connection.write("Halo");
    connection.poll();
    CHECK(told.times == 0);
    other.poll();
    CHECK(told.times == 1);
    CHECK(told.size == 4);
}

TEST_CASE("a socket on a strand calls its handlers there") {
    asio::io_context loop;
    const auto strand = asio::make_strand(loop);
    Listening listening;
    Memory::Socket<asio::strand<Executor>> socket(strand);
    bool is_on_strand = false;
    socket.async_connect(MemoryEndpoint(listening.port()), [&](std::error_code error) {
        is_on_strand = !error && strand.running_in_this_thread();
    });
    loop.poll();
    CHECK(is_on_strand);
}

TEST_CASE("an operation lives in memory of its handler's allocator, freed before the call") {
    Connection connection;
    int live = 0;
    std::array<char, 8> buffer;
    int live_in_handler = -1;
    connection.far.async_read_some(
        asio::buffer(buffer),
        asio::bind_allocator(CountingAllocator<char>(live),
                             [&](std::error_code, std::size_t) { live_in_handler = live; }));
    CHECK(live == 1);
    connection.write("Halo");
    connection.poll();
    CHECK(live_in_handler == 0);
    CHECK(live == 0);
}

TEST_CASE("a loop has work as long as an operation waits") {
    Connection connection;
    std::array<char, 8> buffer;
    Told told;
    connection.far.async_read_some(asio::buffer(buffer), told.listener());
    connection.loop.restart();
    connection.loop.poll();
    CHECK_FALSE(connection.loop.stopped());
    connection.write("Halo");
    connection.loop.poll();
    CHECK(told.times == 1);
    CHECK(connection.loop.stopped());
}

TEST_CASE("the executor of a handler has work as long as its operation waits") {
    Connection connection;
    asio::io_context other;
    std::array<char, 8> buffer;
    Told told;
    connection.far.async_read_some(asio::buffer(buffer),
                                   asio::bind_executor(other, told.listener()));
    other.poll();
    CHECK_FALSE(other.stopped());
    connection.write("Halo");
    connection.poll();
    other.poll();
    CHECK(other.stopped());
}

TEST_CASE("with a loop go the operations that wait on it, and what their handlers own") {
    const auto owned = std::make_shared<int>(0);
    {
        Listening listening;
        asio::io_context loop;
        const auto socket = std::make_shared<Socket>(loop);
        std::error_code error;
        socket->connect(MemoryEndpoint(listening.port()), error);
        const auto timer = std::make_shared<Timer>(loop);
        timer->expires_after(1s);
        auto buffer = std::make_shared<std::array<char, 8>>();
        auto& bytes = *buffer;
        socket->async_read_some(asio::buffer(bytes),
                                [owned, socket, buffer](std::error_code, std::size_t) {});
        timer->async_wait([owned, timer](std::error_code) {});
        CHECK(owned.use_count() == 3);
    }
    CHECK(owned.use_count() == 1);
    MemoryClock::advance(1s);
}

TEST_CASE("any completion token will do, and so will what Asio composes") {
    Connection connection;
    std::array<char, 8> buffer;
    auto size = connection.far.async_read_some(asio::buffer(buffer), asio::use_future);
    connection.write("Halo");
    connection.poll();
    CHECK(size.get() == 4);

    std::string whole(20'000, 'x'), received(20'000, '\0');
    const auto send = [&]() -> asio::awaitable<void> {
        co_await asio::async_write(connection.near, asio::buffer(whole), asio::use_awaitable);
        connection.near.shutdown(asio::socket_base::shutdown_send, connection.error);
    };
    const auto take = [&]() -> asio::awaitable<void> {
        co_await asio::async_read(connection.far, asio::buffer(received), asio::use_awaitable);
    };
    const MemoryExperiment experiment({.max_read_bytes = 100, .max_write_bytes = 333, .seed = 1});
    asio::co_spawn(connection.loop, send, asio::detached);
    asio::co_spawn(connection.loop, take, asio::detached);
    connection.poll();
    CHECK(received == whole);
}

TEST_CASE("two threads, each with a loop of its own, exchange bytes through one connection") {
    const MemoryExperiment experiment(
        {.max_read_bytes = 90, .max_write_bytes = 70, .seed = 7, .pipe_capacity = 64});
    Listening listening;
    std::string whole;
    for (int i = 0; whole.size() < 50'000; ++i) whole += std::to_string(i);
    const auto echo = [&](Socket& socket, asio::io_context& loop, std::string& received) {
        received.resize(whole.size());
        asio::async_write(socket, asio::buffer(whole), [](std::error_code, std::size_t) {});
        asio::async_read(socket, asio::buffer(received), [](std::error_code, std::size_t) {});
        loop.run();
    };
    asio::io_context loop;
    Socket near(loop);
    std::error_code error;
    near.connect(MemoryEndpoint(listening.port()), error);
    Socket far = listening.accept();
    std::string near_received, far_received;
    std::thread other([&] { echo(far, listening.loop, far_received); });
    echo(near, loop, near_received);
    other.join();
    CHECK(near_received == whole);
    CHECK(far_received == whole);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("virtual time");

TEST_CASE("the clock stands still until it is moved") {
    const auto before = MemoryClock::now();
    CHECK(MemoryClock::now() == before);
    MemoryClock::advance(90min);
    CHECK(MemoryClock::now() == before + 90min);
}

TEST_CASE("a timer completes when its time has come and not before") {
    asio::io_context loop;
    Timer timer(loop);
    timer.expires_after(30s);
    CHECK(timer.expiry() == MemoryClock::now() + 30s);
    Told told;
    timer.async_wait(told.listener());
    MemoryClock::advance(30s - 1ns);
    loop.poll();
    CHECK(told.times == 0);
    MemoryClock::advance(1ns);
    CHECK(told.times == 0);
    loop.poll();
    CHECK(told.times == 1);
    CHECK_FALSE(told.error);
    timer.async_wait(told.listener());
    loop.restart();
    loop.poll();
    CHECK(told.times == 2);
}

TEST_CASE("timers complete in the order of their times") {
    asio::io_context loop;
    std::string order;
    Timer third(loop), first(loop), second(loop);
    third.expires_after(3s);
    first.expires_after(1s);
    second.expires_after(2s);
    third.async_wait([&](std::error_code) { order += '3'; });
    first.async_wait([&](std::error_code) { order += '1'; });
    second.async_wait([&](std::error_code) { order += '2'; });
    MemoryClock::advance(1h);
    loop.poll();
    CHECK(order == "123");
}

TEST_CASE("a timer that is set anew, cancelled or destroyed ends its waits") {
    asio::io_context loop;
    Told set_anew, cancelled, destroyed, by_slot;
    asio::cancellation_signal signal;
    {
        Timer timer(loop);
        timer.expires_after(1s);
        timer.async_wait(set_anew.listener());
        CHECK(timer.expires_after(2s) == 1);
        timer.async_wait(cancelled.listener());
        CHECK(timer.cancel() == 1);
        CHECK(timer.cancel() == 0);
        timer.async_wait(asio::bind_cancellation_slot(signal.slot(), by_slot.listener()));
        signal.emit(asio::cancellation_type::total);
        timer.async_wait(destroyed.listener());
    }
    loop.poll();
    for (const Told* told : {&set_anew, &cancelled, &destroyed, &by_slot}) {
        CHECK(told->times == 1);
        CHECK(told->error == asio::error::operation_aborted);
    }
    MemoryClock::advance(2s);
    CHECK(loop.poll() == 0);
}

TEST_CASE("a blocking wait ends by bytes, by its waker and by its deadline") {
    Connection connection;
    Memory::Waker waker;
    const auto deadline = MemoryClock::now() + 30s;
    const auto wait = [&] {
        return std::async(std::launch::async, [&] {
            return Memory::wait(connection.far, {.read = true}, &waker, deadline);
        });
    };
    auto for_bytes = wait();
    CHECK(Memory::wait_until_idle());
    connection.write("Halo");
    auto ready = for_bytes.get();
    CHECK(ready.readable);
    CHECK_FALSE(ready.writable);
    CHECK_FALSE(ready.woken);
    connection.read();

    auto for_waker = wait();
    waker.signal();
    ready = for_waker.get();
    CHECK(ready.woken);
    CHECK_FALSE(ready.readable);

    auto for_deadline = wait();
    CHECK(Memory::wait_until_idle());
    MemoryClock::advance(30s - 1ns);
    CHECK(for_deadline.wait_for(0s) == std::future_status::timeout);
    CHECK(Memory::wait_until_idle());
    MemoryClock::advance(1ns);
    CHECK(for_deadline.get().timed_out());
}

TEST_CASE("a waker alone can be waited for, and a listener") {
    Memory::Waker waker;
    waker.signal();
    CHECK(Memory::wait(waker, MemoryClock::time_point::max()).woken);
    CHECK(Memory::wait(waker, MemoryClock::now()).timed_out());

    Listening listening;
    CHECK(Memory::wait(listening.acceptor, {.read = true}, &waker, MemoryClock::now()).timed_out());
    const MemoryPeer peer(listening.port());
    CHECK(Memory::wait(listening.acceptor, {.read = true}, nullptr, MemoryClock::now()).readable);
}

TEST_CASE("a wait sees that a connection has failed, whatever it was for") {
    Connection connection;
    const auto now = MemoryClock::now();
    Memory::reset_on_close(connection.near);
    CHECK(Memory::wait(connection.far, {}, nullptr, now).timed_out());
    connection.near.close(connection.error);
    CHECK(Memory::wait(connection.far, {.read = true}, nullptr, now).readable);
    CHECK(Memory::wait(connection.far, {.write = true}, nullptr, now).writable);
    CHECK(Memory::wait(connection.far, {}, nullptr, now).writable);
}

TEST_CASE("all is not idle while a listener or an accepted socket was not waited for") {
    const auto now = MemoryClock::now();
    CHECK(Memory::wait_until_idle(0ms));
    Listening listening;
    CHECK_FALSE(Memory::wait_until_idle(0ms));
    CHECK(Memory::wait(listening.acceptor, {.read = true}, nullptr, now).timed_out());
    CHECK(Memory::wait_until_idle(0ms));
    const MemoryPeer peer(listening.port());
    {
        Socket accepted = listening.accept();
        CHECK_FALSE(Memory::wait_until_idle(0ms));
        CHECK(Memory::wait(accepted, {.read = true}, nullptr, now).timed_out());
        CHECK(Memory::wait_until_idle(0ms));
    }
    const MemoryPeer other(listening.port());
    CHECK(listening.accept().is_open());
    CHECK(Memory::wait_until_idle(0ms));
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("faults");

TEST_CASE("the nth operation fails, and no other") {
    const MemoryExperiment experiment({.fail_at = 4, .error = asio::error::no_memory});
    Connection connection;  // listen, connect, accept
    CHECK_FALSE(experiment.has_failed());
    CHECK(experiment.operations() == 3);
    CHECK(connection.write("Halo") == 0);
    CHECK(connection.error == asio::error::no_memory);
    CHECK(experiment.has_failed());
    CHECK(connection.write("Halo") == 4);
    CHECK(connection.read() == "Halo");
    CHECK(experiment.operations() == 6);
}

TEST_CASE("several in a row can fail, of one kind, of one side") {
    const MemoryExperiment experiment({.fail_at = 2,
                                       .fail_count = 2,
                                       .only_step = MemoryStep::write,
                                       .only_side = MemorySide::client});
    Connection connection;
    std::string results;
    for (int i = 0; i < 4; ++i) {
        results += connection.write("x") == 1 ? '+' : '-';
        connection.far.write_some(asio::buffer("y"), connection.error);
        CHECK_FALSE(connection.error);
    }
    CHECK(results == "+--+");
}

TEST_CASE("each kind of operation can fail") {
    const auto fails = [](MemoryStep step, auto&& operation) {
        const MemoryExperiment experiment({.fail_at = 1, .only_step = step});
        const std::error_code error = operation();
        CHECK(experiment.has_failed());
        CHECK(error == asio::error::connection_reset);
    };
    std::error_code error;
    charcount::ServerOptions options;
    fails(MemoryStep::resolve, [&] { return Memory::resolve(options, error), error; });
    fails(MemoryStep::listen, [] { return Listening().error; });
    fails(MemoryStep::connect, [] { return MemoryPeer().connect(Listening().port()); });
    fails(MemoryStep::accept, [] {
        Listening listening;
        const MemoryPeer peer(listening.port());
        return listening.accept(), listening.error;
    });
    fails(MemoryStep::prepare, [&] {
        Connection connection;
        return Memory::prepare(connection.near, error), error;
    });
    fails(MemoryStep::read, [] {
        Connection connection;
        return connection.read(), connection.error;
    });
    fails(MemoryStep::wait, [] {
        Connection connection;
        Told told;
        connection.far.async_wait(asio::socket_base::wait_read, told.listener());
        connection.poll();
        return told.error;
    });
    fails(MemoryStep::shutdown, [&] {
        Connection connection;
        return connection.near.shutdown(asio::socket_base::shutdown_send, error), error;
    });
    fails(MemoryStep::wake, [] {
        try {
            const Memory::Waker waker;
            return std::error_code();
        } catch (const std::system_error& failure) {
            return failure.code();
        }
    });
}

TEST_CASE("an operation can fail when it begins, or after it has waited") {
    for (const bool late : {false, true}) {
        CAPTURE(late);
        Connection connection;
        const MemoryExperiment experiment(
            {.fail_at = 1, .only_step = MemoryStep::read, .fail_late = late});
        std::array<char, 8> buffer;
        Told told;
        connection.far.async_read_some(asio::buffer(buffer), told.listener());
        connection.poll();
        CHECK(told.times == (late ? 0 : 1));
        connection.write("Halo");
        connection.poll();
        CHECK(told.times == 1);
        CHECK(told.error == asio::error::connection_reset);
        CHECK(connection.read() == "Halo");
    }
}

TEST_CASE("a connect that fails late leaves no connection behind") {
    Listening listening;
    const MemoryExperiment experiment(
        {.fail_at = 1, .only_step = MemoryStep::connect, .fail_late = true});
    MemoryPeer peer;
    CHECK(peer.connect(listening.port()) == asio::error::connection_reset);
    Socket accepted = listening.accept();
    std::array<char, 8> buffer;
    accepted.read_some(asio::buffer(buffer), listening.error);
    CHECK(listening.error == asio::error::eof);
}

TEST_CASE("transfers can be cut short, for one side or for both") {
    Connection connection;
    {
        const MemoryExperiment experiment({.max_read_bytes = 1, .max_write_bytes = 2});
        CHECK(connection.write("Halo") == 2);
        CHECK(connection.read() == "H");
    }
    {
        const MemoryExperiment experiment(
            {.only_side = MemorySide::server, .max_read_bytes = 1, .max_write_bytes = 2});
        CHECK(connection.write("Halo") == 4);
        CHECK(connection.read() == "a");
    }
    CHECK(connection.read() == "Halo");
}

TEST_CASE("random sizes are the same for the same seed, and all sizes come up") {
    const auto sizes = [](std::uint64_t seed) {
        Connection connection;
        const MemoryExperiment experiment({.max_write_bytes = 4, .seed = seed});
        std::vector<std::size_t> found;
        for (int i = 0; i < 100; ++i) found.push_back(connection.write("0123456789"));
        return found;
    };
    const auto found = sizes(1);
    CHECK(found == sizes(1));
    CHECK(found != sizes(2));
    for (std::size_t size = 1; size <= 4; ++size)
        CHECK(std::count(found.begin(), found.end(), size) > 0);
    CHECK(std::count(found.begin(), found.end(), 0) == 0);
}

TEST_CASE("after an experiment all is as before, also within another") {
    const MemoryExperiment outer({.fail_at = 1, .only_step = MemoryStep::shutdown});
    Connection connection;
    {
        const MemoryExperiment inner({});
        connection.near.shutdown(asio::socket_base::shutdown_send, connection.error);
        CHECK_FALSE(connection.error);
    }
    CHECK_FALSE(outer.has_failed());
    connection.near.shutdown(asio::socket_base::shutdown_send, connection.error);
    CHECK(outer.has_failed());
}

TEST_SUITE_END();
