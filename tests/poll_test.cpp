// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of poll.hpp, waker.hpp and epoll_waiter.hpp: waits for a socket, a signal, or a deadline.

#include <doctest/doctest.h>

#include <pthread.h>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/write.hpp>
#include <charcount/detail/epoll_waiter.hpp>
#include <charcount/detail/platform.hpp>
#include <charcount/detail/poll.hpp>
#include <charcount/detail/waker.hpp>
#include <chrono>
#include <csignal>
#include <limits>
#include <string>
#include <support/events.hpp>
#include <system_error>
#include <thread>
#include <tuple>

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

// poll and a waker, with the names of EpollWaiter.
class PollWaiter {
public:
    void signal() { waker_.signal(); }

    template <class Handle>
    Readiness wait(Handle socket, Interest interest, Clock::time_point deadline) {
        return poll_socket(socket, interest, &waker_, deadline);
    }
    Readiness wait(Clock::time_point deadline) { return poll_waker(waker_, deadline); }

private:
    Waker waker_;
};

#if CHARCOUNT_HAS_EPOLL
using Waiters = std::tuple<PollWaiter, charcount::detail::EpollWaiter>;
#else
using Waiters = std::tuple<PollWaiter>;
#endif

// Two sockets, connected to each other.
struct Sockets {
    asio::io_context context;
    asio::local::stream_protocol::socket near{context};
    asio::local::stream_protocol::socket far{context};

    Sockets() {
        asio::local::connect_pair(near, far);
        near.non_blocking(true);
        far.non_blocking(true);
    }

    void say_something() { asio::write(far, asio::buffer("x", 1)); }

    // Writes until the socket takes no more.
    void fill() {
        const std::string bytes(64 * 1024, 'x');
        std::error_code error;
        while (!error) near.write_some(asio::buffer(bytes), error);
    }

    // Reads all that the near one wrote.
    void drain() {
        std::string bytes(1024 * 1024, ' ');
        std::error_code error;
        while (!error) far.read_some(asio::buffer(bytes), error);
    }
};

// And what waits for one of them.
template <class Waiter>
struct Pair : Sockets {
    Waiter waiter;

    [[nodiscard]] Readiness wait(Interest interest, std::chrono::milliseconds time) {
        return waiter.wait(near.native_handle(), interest, Clock::now() + time);
    }

    [[nodiscard]] Readiness wait_for_signal(std::chrono::milliseconds time) {
        return waiter.wait(Clock::now() + time);
    }
};

TEST_CASE_TEMPLATE_DEFINE("a wait ends at its deadline, not before", Waiter, at_deadline) {
    Pair<Waiter> pair;
    const auto begin = Clock::now();
    const Readiness ready = pair.wait({.read = true}, 50ms);
    CHECK(ready.timed_out());
    CHECK(Clock::now() - begin >= 50ms);
}
TEST_CASE_TEMPLATE_APPLY(at_deadline, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a wait with a deadline that has passed only looks", Waiter, only_looks) {
    Pair<Waiter> pair;
    CHECK(pair.wait({.read = true}, -1s).timed_out());
    pair.say_something();
    CHECK(pair.wait({.read = true}, -1s).readable);
}
TEST_CASE_TEMPLATE_APPLY(only_looks, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a wait ends when there is something to read", Waiter, readable) {
    Pair<Waiter> pair;
    std::thread other([&] { pair.say_something(); });
    const Readiness ready = pair.wait({.read = true}, patience);
    other.join();
    CHECK(ready.readable);
    CHECK_FALSE(ready.writable);
    CHECK_FALSE(ready.woken);
}
TEST_CASE_TEMPLATE_APPLY(readable, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a wait is for what it is told", Waiter, as_told) {
    Pair<Waiter> pair;
    pair.say_something();
    CHECK(pair.wait({.write = true}, patience).writable);
    CHECK_FALSE(pair.wait({.write = true}, patience).readable);
    CHECK(pair.wait({}, 10ms).timed_out());
    const Readiness both = pair.wait({.read = true, .write = true}, patience);
    CHECK(both.readable);
    CHECK(both.writable);
}
TEST_CASE_TEMPLATE_APPLY(as_told, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a full socket is not writable until the other side reads", Waiter,
                          full) {
    Pair<Waiter> pair;
    pair.fill();
    CHECK(pair.wait({.write = true}, 10ms).timed_out());
    pair.drain();
    CHECK(pair.wait({.write = true}, patience).writable);
}
TEST_CASE_TEMPLATE_APPLY(full, Waiters);

TEST_CASE_TEMPLATE_DEFINE("the other side's end shows as readable", Waiter, peer_end) {
    Pair<Waiter> pair;
    SUBCASE("half-closed") {
        pair.far.shutdown(asio::socket_base::shutdown_send);
    }
    SUBCASE("closed") {
        pair.far.close();
    }
    CHECK(pair.wait({.read = true}, patience).readable);
}
TEST_CASE_TEMPLATE_APPLY(peer_end, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a broken connection ends a wait for writing", Waiter, broken_write) {
    Pair<Waiter> pair;
    pair.fill();
    std::thread other([&] { pair.far.close(); });
    const Readiness ready = pair.wait({.write = true}, patience);
    other.join();
    CHECK(ready.writable);
}
TEST_CASE_TEMPLATE_APPLY(broken_write, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a broken connection ends a wait for nothing, so that it is noticed",
                          Waiter, broken_nothing) {
    Pair<Waiter> pair;
    pair.far.close();
    CHECK_FALSE(pair.wait({}, patience).timed_out());
}
TEST_CASE_TEMPLATE_APPLY(broken_nothing, Waiters);

TEST_CASE_TEMPLATE_DEFINE("what is waited for may change each time", Waiter, changes) {
    Pair<Waiter> pair;
    for (int round = 0; round < 3; ++round) {
        CHECK(pair.wait({.read = true}, 5ms).timed_out());
        const Readiness writable = pair.wait({.read = true, .write = true}, patience);
        CHECK(writable.writable);
        CHECK_FALSE(writable.readable);
        CHECK(pair.wait({}, 5ms).timed_out());
        CHECK(pair.wait({.write = true}, patience).writable);
    }
    pair.say_something();
    for (int round = 0; round < 3; ++round) {  // it stays so until it is read
        CHECK(pair.wait({.read = true}, patience).readable);
        CHECK(pair.wait({}, 5ms).timed_out());
    }
}
TEST_CASE_TEMPLATE_APPLY(changes, Waiters);

// Signals.

TEST_CASE_TEMPLATE_DEFINE("a signal ends the wait, whether it comes before or during it", Waiter,
                          signal_ends) {
    Pair<Waiter> pair;
    SUBCASE("before") {
        pair.waiter.signal();
        CHECK(pair.wait({.read = true}, patience).woken);
    }
    SUBCASE("during") {
        std::thread other([&] { pair.waiter.signal(); });
        CHECK(pair.wait({.read = true}, patience).woken);
        other.join();
    }
    SUBCASE("without a socket") {
        std::thread other([&] { pair.waiter.signal(); });
        CHECK(pair.wait_for_signal(patience).woken);
        other.join();
    }
}
TEST_CASE_TEMPLATE_APPLY(signal_ends, Waiters);

TEST_CASE_TEMPLATE_DEFINE("any number of signals end one wait", Waiter, many_signals) {
    Pair<Waiter> pair;
    for (int i = 0; i < 1000; ++i) pair.waiter.signal();
    CHECK(pair.wait({.read = true}, patience).woken);
    CHECK(pair.wait({.read = true}, 10ms).timed_out());
    CHECK(pair.wait_for_signal(10ms).timed_out());
}
TEST_CASE_TEMPLATE_APPLY(many_signals, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a signal does not hide what can be read", Waiter, not_hidden) {
    Pair<Waiter> pair;
    pair.waiter.signal();
    pair.say_something();
    const Readiness ready = pair.wait({.read = true}, patience);
    CHECK(ready.woken);
    CHECK(ready.readable);
}
TEST_CASE_TEMPLATE_APPLY(not_hidden, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a signal alone is waited for until the deadline", Waiter, signal_alone) {
    Pair<Waiter> pair;
    const auto begin = Clock::now();
    CHECK(pair.waiter.wait(begin + 50ms).timed_out());
    CHECK(Clock::now() - begin >= 50ms);
}
TEST_CASE_TEMPLATE_APPLY(signal_alone, Waiters);

TEST_CASE_TEMPLATE_DEFINE(
    "a wait for a signal alone is not ended by the socket, and one for both is again", Waiter,
    alone) {
    Pair<Waiter> pair;
    pair.say_something();
    CHECK(pair.wait({.read = true}, patience).readable);
    SUBCASE("readable") {}
    SUBCASE("broken") {
        pair.far.close();
    }
    CHECK(pair.wait_for_signal(10ms).timed_out());
    pair.waiter.signal();
    CHECK(pair.wait_for_signal(patience).woken);
    CHECK(pair.wait_for_signal(10ms).timed_out());
    CHECK(pair.wait({.read = true}, patience).readable);
}
TEST_CASE_TEMPLATE_APPLY(alone, Waiters);

TEST_CASE_TEMPLATE_DEFINE("a signal ends the wait of its own waiter alone", Waiter, own_signal) {
    Pair<Waiter> pair;
    Pair<Waiter> other;
    pair.waiter.signal();
    CHECK(other.wait({.read = true}, 10ms).timed_out());
    CHECK(other.wait_for_signal(10ms).timed_out());
    CHECK(pair.wait({.read = true}, patience).woken);
    CHECK(pair.wait({.read = true}, 10ms).timed_out());
    other.waiter.signal();
    CHECK(other.wait_for_signal(patience).woken);
}
TEST_CASE_TEMPLATE_APPLY(own_signal, Waiters);

TEST_CASE_TEMPLATE_DEFINE("no signal is lost, whenever it comes", Waiter, none_lost) {
    constexpr int rounds = 1'000;
    Pair<Waiter> pair;
    Pair<Waiter> answers;
    std::thread other([&] {
        for (int i = 0; i < rounds; ++i) {
            pair.waiter.signal();
            if (!answers.wait_for_signal(patience).woken) return;
        }
    });
    int woken = 0;
    while (woken < rounds && pair.wait({.read = true}, patience).woken) {
        ++woken;
        answers.waiter.signal();
    }
    other.join();
    CHECK(woken == rounds);
}
TEST_CASE_TEMPLATE_APPLY(none_lost, Waiters);

TEST_CASE("a wait without a waker is for the socket alone") {
    Sockets sockets;
    const auto wait = [&](std::chrono::milliseconds time) {
        return poll_socket(sockets.near.native_handle(), {.read = true}, nullptr,
                           Clock::now() + time);
    };
    CHECK(wait(10ms).timed_out());
    sockets.say_something();
    CHECK(wait(patience).readable);
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
TEST_CASE_TEMPLATE_DEFINE("an interrupted wait goes on to its deadline", Waiter, interrupted) {
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGUSR1, &action, &before) == 0);
    Pair<Waiter> pair;
    const auto begin = Clock::now();
    Readiness ready;
    std::thread waiting([&] { ready = pair.wait({.read = true}, 100ms); });
    while (Clock::now() - begin < 50ms) ::pthread_kill(waiting.native_handle(), SIGUSR1);
    waiting.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    CHECK(ready.timed_out());
    CHECK(Clock::now() - begin >= 100ms);
}
TEST_CASE_TEMPLATE_APPLY(interrupted, Waiters);

}  // namespace
