// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of SignalRelay: who is told of a signal, and what it does before and afterwards.

#include <doctest/doctest.h>

#include <atomic>
#include <charcount/detail/signal_relay.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

#include <poll.h>

namespace {

using charcount::detail::SignalRelay;

std::atomic<int> calls_of_before = 0;

// What handles SIGTERM before any relay does; the one of doctest would end the test.
class HandlerBefore {
public:
    HandlerBefore() {
        struct sigaction action {};
        action.sa_handler = [](int) { ++calls_of_before; };
        ::sigaction(SIGTERM, &action, &original_);
        calls_of_before = 0;
    }
    ~HandlerBefore() { ::sigaction(SIGTERM, &original_, nullptr); }
    HandlerBefore(const HandlerBefore&) = delete;
    HandlerBefore& operator=(const HandlerBefore&) = delete;

private:
    struct sigaction original_ {};
};

// Waits on a thread, and knows how that ended.
struct Waiting {
    SignalRelay relay;
    bool was_signal = false;
    std::thread thread{[this] { was_signal = relay.wait(); }};

    bool join() {
        thread.join();
        return was_signal;
    }
};

TEST_CASE("a signal ends the wait, whether it comes before or during it") {
    const HandlerBefore before;
    SUBCASE("before") {
        SignalRelay relay;
        std::raise(SIGTERM);
        CHECK(relay.wait());
    }
    SUBCASE("during") {
        Waiting waiting;
        std::raise(SIGTERM);
        CHECK(waiting.join());
    }
    CHECK(calls_of_before == 0);
}

TEST_CASE("SIGINT does the same") {
    SignalRelay relay;
    std::raise(SIGINT);
    CHECK(relay.wait());
}

TEST_CASE("a wait that is cancelled was not ended by a signal") {
    Waiting waiting;
    waiting.relay.cancel();
    CHECK_FALSE(waiting.join());
}

TEST_CASE("after the first signal the next has its usual effect again") {
    const HandlerBefore before;
    SignalRelay relay;
    std::raise(SIGTERM);
    REQUIRE(relay.wait());
    std::raise(SIGTERM);
    CHECK(calls_of_before == 1);
}

TEST_CASE("a second signal has its usual effect, although nobody came to the first") {
    const HandlerBefore before;
    SignalRelay relay;
    std::raise(SIGTERM);
    CHECK(calls_of_before == 0);
    std::raise(SIGTERM);
    CHECK(calls_of_before == 1);
    std::raise(SIGTERM);
    CHECK(calls_of_before == 2);
    CHECK(relay.wait());
    std::raise(SIGTERM);
    CHECK(calls_of_before == 3);
}

TEST_CASE("the end to read is readable when there was a signal") {
    SignalRelay relay;
    pollfd waiting{.fd = relay.native_handle(), .events = POLLIN, .revents = 0};
    CHECK(::poll(&waiting, 1, 0) == 0);
    std::raise(SIGTERM);
    CHECK(::poll(&waiting, 1, 0) == 1);
    CHECK(relay.wait());
    CHECK(::poll(&waiting, 1, 0) == 0);
}

TEST_CASE("without a relay a signal has its usual effect") {
    const HandlerBefore before;
    { const SignalRelay unused; }
    std::raise(SIGTERM);
    CHECK(calls_of_before == 1);
}

TEST_CASE("all that wait are told of one signal") {
    const HandlerBefore before;
    std::vector<std::unique_ptr<Waiting>> all;
    for (int i = 0; i < 5; ++i) all.push_back(std::make_unique<Waiting>());
    std::raise(SIGTERM);
    for (const auto& one : all) CHECK(one->join());
    CHECK(calls_of_before == 0);
    std::raise(SIGTERM);
    CHECK(calls_of_before == 1);
}

TEST_CASE("one that waits keeps the signals when another goes") {
    const HandlerBefore before;
    SignalRelay stays;
    { const SignalRelay goes; }
    std::raise(SIGTERM);
    CHECK(stays.wait());
    CHECK(calls_of_before == 0);
}

TEST_CASE("a relay knows nothing of a signal that came for the one before it") {
    const HandlerBefore before;
    {
        const SignalRelay deaf;
        std::raise(SIGTERM);
    }
    Waiting waiting;
    waiting.relay.cancel();
    CHECK_FALSE(waiting.join());
}

TEST_CASE("too many relays at once are an error, and any number one after the other") {
    std::vector<std::unique_ptr<SignalRelay>> all;
    const std::function<void()> fill = [&] {
        while (true) all.push_back(std::make_unique<SignalRelay>());
    };
    CHECK_THROWS_AS(fill(), std::system_error);
    CHECK(all.size() == 64);
    all.clear();
    for (int i = 0; i < 200; ++i) const SignalRelay one;
}

}  // namespace
