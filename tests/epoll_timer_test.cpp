// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of EpollTimer: when its handler is called, and when it is not.

#include <doctest/doctest.h>

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <charcount/detail/epoll_executor.hpp>
#include <charcount/detail/epoll_loop.hpp>
#include <charcount/detail/epoll_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <support/events.hpp>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using charcount::detail::EpollLoop;
using charcount::detail::EpollTimer;
using charcount::test::patience;
using namespace std::chrono_literals;

using Clock = EpollLoop::Clock;

// A loop that gives up.
struct TimedLoop {
    EpollLoop loop;
    bool has_given_up = false;

    void run() {
        EpollTimer end(loop.get_executor());
        end.expires_after(patience);
        end.async_wait([this](std::error_code) {
            has_given_up = true;
            loop.stop();
        });
        loop.run();
        CHECK_FALSE(has_given_up);
    }
};

TEST_CASE("timers end in the order of their times, none before its time") {
    TimedLoop timed;
    EpollTimer second(timed.loop.get_executor());
    EpollTimer first(timed.loop.get_executor());
    EpollTimer third(timed.loop.get_executor());
    std::string order;
    const auto begin = Clock::now();
    const auto wait = [&](EpollTimer& timer, std::chrono::milliseconds time, char name) {
        timer.expires_at(begin + time);
        timer.async_wait([&, time, name](std::error_code error) {
            CHECK_FALSE(error);
            CHECK(Clock::now() >= begin + time);
            order += name;
            if (name == '3') timed.loop.stop();
        });
    };
    wait(second, 20ms, '2');
    wait(first, 10ms, '1');
    wait(third, 30ms, '3');
    timed.run();
    CHECK(order == "123");
}

TEST_CASE("a time that has passed ends a wait in a later turn") {
    TimedLoop timed;
    EpollTimer timer(timed.loop.get_executor());
    bool in_call = false;
    const auto wait = [&](Clock::time_point time) {
        timer.expires_at(time);
        in_call = true;
        timer.async_wait([&](std::error_code) {
            CHECK_FALSE(in_call);
            timed.loop.stop();
        });
        in_call = false;
    };
    SUBCASE("just now") {
        timed.loop.post([&] { wait(Clock::now()); });
    }
    SUBCASE("long ago") {
        timed.loop.post([&] { wait(Clock::now() - 1h); });
    }
    SUBCASE("before all time") {
        timed.loop.post([&] { wait(Clock::time_point::min()); });
    }
    SUBCASE("never set") {
        timed.loop.post([&] { wait(Clock::time_point()); });
    }
    timed.run();
}

TEST_CASE("a time that never comes does not end a wait, nor hold up others") {
    TimedLoop timed;
    EpollTimer never(timed.loop.get_executor());
    EpollTimer soon(timed.loop.get_executor());
    bool was_called = false;
    never.expires_at(Clock::time_point::max());
    never.async_wait([&](std::error_code) { was_called = true; });
    soon.expires_after(10ms);
    soon.async_wait([&](std::error_code) { timed.loop.stop(); });
    timed.run();
    CHECK_FALSE(was_called);
}

TEST_CASE("the handler of a wait that ended otherwise is destroyed, not called") {
    TimedLoop timed;
    std::optional<EpollTimer> timer(std::in_place, timed.loop.get_executor());
    EpollTimer later(timed.loop.get_executor());
    const auto shared = std::make_shared<int>(0);
    timer->expires_after(10ms);
    timer->async_wait([shared](std::error_code) { ++*shared; });
    CHECK(shared.use_count() == 2);
    SUBCASE("cancelled") {
        timer->cancel();
    }
    SUBCASE("set to another time") {
        timer->expires_after(1ms);
    }
    SUBCASE("destroyed") {
        timer.reset();
    }
    CHECK(shared.use_count() == 1);
    later.expires_after(30ms);
    later.async_wait([&](std::error_code) { timed.loop.stop(); });
    timed.run();
    CHECK(*shared == 0);
}

TEST_CASE("a timer can be cancelled that does not wait") {
    EpollLoop loop;
    EpollTimer timer(loop.get_executor());
    timer.cancel();
    timer.expires_after(1h);
    timer.cancel();
    CHECK(timer.expiry() > Clock::now());
}

TEST_CASE("a timer that is set again ends at its new time") {
    TimedLoop timed;
    EpollTimer timer(timed.loop.get_executor());
    const auto begin = Clock::now();
    auto expected = begin;
    timed.loop.post([&] {
        timer.expires_at(begin + 1h);
        timer.async_wait([](std::error_code) { FAIL("the old time"); });
        timed.loop.post([&] {
            expected = begin + 20ms;
            SUBCASE("earlier") {}
            SUBCASE("earlier, then later") {
                timer.expires_at(begin + 1ms);
                timer.async_wait([](std::error_code) { FAIL("the time between"); });
                expected = begin + 40ms;
            }
            timer.expires_at(expected);
            CHECK(timer.expiry() == expected);
            timer.async_wait([&](std::error_code error) {
                CHECK_FALSE(error);
                timed.loop.stop();
            });
        });
    });
    timed.run();
    CHECK(Clock::now() >= expected);
}

TEST_CASE("a wait may begin in the handler of another, on the same timer") {
    TimedLoop timed;
    EpollTimer timer(timed.loop.get_executor());
    int left = 3;
    const auto begin = Clock::now();
    std::function<void(std::error_code)> again = [&](std::error_code) {
        if (left-- == 0) return timed.loop.stop();
        timer.expires_after(5ms);
        timer.async_wait(again);
    };
    again({});
    timed.run();
    CHECK(left == -1);
    CHECK(Clock::now() >= begin + 15ms);
}

TEST_CASE("a handler may destroy its timer, and one whose time has come as well") {
    TimedLoop timed;
    auto one = std::make_unique<EpollTimer>(timed.loop.get_executor());
    auto other = std::make_unique<EpollTimer>(timed.loop.get_executor());
    int calls = 0;
    const auto handler = [&](std::error_code) {
        ++calls;
        one.reset();
        other.reset();
        timed.loop.post([&] { timed.loop.post([&] { timed.loop.stop(); }); });
    };
    const auto now = Clock::now();
    for (EpollTimer* timer : {one.get(), other.get()}) {
        timer->expires_at(now);
        timer->async_wait(handler);
    }
    timed.run();
    CHECK(calls == 1);
}

TEST_CASE("many timers that are set and cancelled in turn end once each") {
    TimedLoop timed;
    std::vector<std::unique_ptr<EpollTimer>> timers;
    int calls = 0;
    const auto begin = Clock::now();
    for (int i = 0; i < 200; ++i) {
        timers.push_back(std::make_unique<EpollTimer>(timed.loop.get_executor()));
        timers.back()->expires_at(begin + std::chrono::milliseconds((i * 37) % 50));
        timers.back()->async_wait([&](std::error_code) {
            if (++calls == 100) timed.loop.stop();
        });
    }
    for (std::size_t i = 0; i < 200; i += 2) timers[i]->cancel();
    timed.run();
    CHECK(calls == 100);
}

}  // namespace

#endif
