// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of poll.hpp and waker.hpp: waits for a socket, a signal, or a deadline.

#include <doctest/doctest.h>

#include <pthread.h>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/write.hpp>
#include <charcount/detail/poll.hpp>
#include <charcount/detail/waker.hpp>
#include <chrono>
#include <csignal>
#include <limits>
#include <string>
#include <support/events.hpp>
#include <system_error>
#include <thread>

namespace {

using charcount::detail::Interest;
using charcount::detail::poll_socket;
using charcount::detail::poll_timeout;
using charcount::detail::poll_waker;
using charcount::detail::Readiness;
using charcount::detail::Waker;
using charcount::test::patience;
using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;

// Two sockets, connected to each other.
struct Pair {
    asio::io_context context;
    asio::local::stream_protocol::socket near{context};
    asio::local::stream_protocol::socket far{context};

    Pair() {
        asio::local::connect_pair(near, far);
        near.non_blocking(true);
        far.non_blocking(true);
    }

    [[nodiscard]] Readiness wait(Interest interest, std::chrono::milliseconds time,
                                 Waker* waker = nullptr) {
        return poll_socket(near.native_handle(), interest, waker, Clock::now() + time);
    }

    void say_something() { asio::write(far, asio::buffer("x", 1)); }

    // Writes until the socket takes no more.
    void fill() {
        const std::string bytes(64 * 1024, 'x');
        std::error_code error;
        while (!error) near.write_some(asio::buffer(bytes), error);
    }
};

TEST_CASE("a wait ends at its deadline, not before") {
    Pair pair;
    const auto begin = Clock::now();
    const Readiness ready = pair.wait({.read = true}, 50ms);
    CHECK(ready.timed_out());
    CHECK(Clock::now() - begin >= 50ms);
}

TEST_CASE("a wait with a deadline that has passed only looks") {
    Pair pair;
    CHECK(pair.wait({.read = true}, -1s).timed_out());
    pair.say_something();
    CHECK(pair.wait({.read = true}, -1s).readable);
}

TEST_CASE("a wait ends when there is something to read") {
    Pair pair;
    std::thread other([&] { pair.say_something(); });
    const Readiness ready = pair.wait({.read = true}, patience);
    other.join();
    CHECK(ready.readable);
    CHECK_FALSE(ready.writable);
    CHECK_FALSE(ready.woken);
}

TEST_CASE("a wait is for what it is told") {
    Pair pair;
    pair.say_something();
    CHECK(pair.wait({.write = true}, patience).writable);
    CHECK_FALSE(pair.wait({.write = true}, patience).readable);
    CHECK(pair.wait({}, 10ms).timed_out());
    const Readiness both = pair.wait({.read = true, .write = true}, patience);
    CHECK(both.readable);
    CHECK(both.writable);
}

TEST_CASE("a full socket is not writable until the other side reads") {
    Pair pair;
    pair.fill();
    CHECK(pair.wait({.write = true}, 10ms).timed_out());
    std::string bytes(1024 * 1024, ' ');
    std::error_code error;
    while (!error) pair.far.read_some(asio::buffer(bytes), error);
    CHECK(pair.wait({.write = true}, patience).writable);
}

TEST_CASE("the other side's end shows as readable") {
    Pair pair;
    SUBCASE("half-closed") {
        pair.far.shutdown(asio::socket_base::shutdown_send);
    }
    SUBCASE("closed") {
        pair.far.close();
    }
    CHECK(pair.wait({.read = true}, patience).readable);
}

TEST_CASE("a broken connection ends a wait for writing") {
    Pair pair;
    pair.fill();
    std::thread other([&] { pair.far.close(); });
    const Readiness ready = pair.wait({.write = true}, patience);
    other.join();
    CHECK(ready.writable);
}

TEST_CASE("a broken connection ends a wait for nothing, so that it is noticed") {
    Pair pair;
    pair.far.close();
    CHECK_FALSE(pair.wait({}, patience).timed_out());
}

// The waker.

TEST_CASE("a signal ends the wait, whether it comes before or during it") {
    Pair pair;
    Waker waker;
    SUBCASE("before") {
        waker.signal();
        CHECK(pair.wait({.read = true}, patience, &waker).woken);
    }
    SUBCASE("during") {
        std::thread other([&] { waker.signal(); });
        CHECK(pair.wait({.read = true}, patience, &waker).woken);
        other.join();
    }
    SUBCASE("without a socket") {
        std::thread other([&] { waker.signal(); });
        CHECK(poll_waker(waker, Clock::now() + patience).woken);
        other.join();
    }
}

TEST_CASE("any number of signals end one wait") {
    Pair pair;
    Waker waker;
    for (int i = 0; i < 1000; ++i) waker.signal();
    CHECK(pair.wait({.read = true}, patience, &waker).woken);
    CHECK(pair.wait({.read = true}, 10ms, &waker).timed_out());
    CHECK(poll_waker(waker, Clock::now() + 10ms).timed_out());
}

TEST_CASE("a signal does not hide what can be read") {
    Pair pair;
    Waker waker;
    waker.signal();
    pair.say_something();
    const Readiness ready = pair.wait({.read = true}, patience, &waker);
    CHECK(ready.woken);
    CHECK(ready.readable);
}

TEST_CASE("the waker alone is waited for until the deadline") {
    Waker waker;
    const auto begin = Clock::now();
    CHECK(poll_waker(waker, begin + 50ms).timed_out());
    CHECK(Clock::now() - begin >= 50ms);
}

TEST_CASE("the time left is rounded up, and bounded") {
    CHECK(poll_timeout(Clock::time_point::max()) == -1);
    CHECK(poll_timeout(Clock::now() - 1h) == 0);
    CHECK(poll_timeout(Clock::now() + 500us) == 1);
    CHECK(poll_timeout(Clock::now() + 24h * 365) == std::numeric_limits<int>::max());
    const int tenth = poll_timeout(Clock::now() + 100ms);
    CHECK(tenth <= 100);
    CHECK(tenth > 0);
}

// Interrupts the waiting thread by a signal that does nothing.
TEST_CASE("an interrupted wait goes on to its deadline") {
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGUSR1, &action, &before) == 0);
    Pair pair;
    const auto begin = Clock::now();
    Readiness ready;
    std::thread waiting([&] { ready = pair.wait({.read = true}, 100ms); });
    while (Clock::now() - begin < 50ms) ::pthread_kill(waiting.native_handle(), SIGUSR1);
    waiting.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    CHECK(ready.timed_out());
    CHECK(Clock::now() - begin >= 100ms);
}

}  // namespace
