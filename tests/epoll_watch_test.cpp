// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of EpollLoop: the descriptors that it watches, and how long it keeps their watchers.

#include <doctest/doctest.h>

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <asio/error.hpp>
#include <charcount/detail/descriptor.hpp>
#include <charcount/detail/epoll_loop.hpp>
#include <charcount/detail/waker.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

namespace {

using charcount::detail::Descriptor;
using charcount::detail::EpollLoop;
using charcount::detail::EpollWatcher;
using charcount::detail::Waker;

constexpr std::uint32_t on_change = EPOLLIN | EPOLLET;

// Calls a function for each event.
class Watcher final : public EpollWatcher {
public:
    std::function<void(std::uint32_t)> function = [](std::uint32_t) {};
    std::vector<std::uint32_t> events;

private:
    void on_events(std::uint32_t now) override {
        events.push_back(now);
        function(now);
    }
};

// A waker, and its watcher. `signal` makes it readable, and each signal is a change.
struct Watched {
    Waker waker;
    std::shared_ptr<Watcher> watcher = std::make_shared<Watcher>();
    EpollLoop::Watch place = 0;

    explicit Watched(EpollLoop& loop) { watch(loop); }

    void watch(EpollLoop& loop) {
        std::error_code error;
        place = loop.watch(waker.native_handle(), on_change, watcher, error);
        REQUIRE_FALSE(error);
    }
};

// Runs the loop for so many turns, each of which looks for what is ready.
void run_turns(EpollLoop& loop, int turns = 8) {
    std::function<void()> next = [&] {
        if (turns-- == 0) return loop.hand_over();
        loop.post(next);
    };
    loop.post(next);
    loop.run();
}

TEST_CASE("a watcher is told once of each change") {
    EpollLoop loop;
    Watched watched(loop);
    watched.waker.signal();
    watched.waker.signal();  // before anybody looks: one event
    SUBCASE("one") {
        run_turns(loop);
        CHECK(watched.watcher->events == std::vector<std::uint32_t>{EPOLLIN});
    }
    SUBCASE("two") {
        watched.watcher->function = [&](std::uint32_t) {
            if (watched.watcher->events.size() == 1) watched.waker.signal();
        };
        run_turns(loop);
        CHECK(watched.watcher->events == std::vector<std::uint32_t>{EPOLLIN, EPOLLIN});
    }
}

TEST_CASE("a watcher is told of what was so before it came") {
    EpollLoop loop;
    Waker waker;
    waker.signal();
    Watched watched(loop);
    watched.waker.signal();
    const auto late = std::make_shared<Watcher>();
    watched.watcher->function = [&](std::uint32_t) {
        std::error_code error;
        [[maybe_unused]] const auto place =
            loop.watch(waker.native_handle(), on_change, late, error);
        CHECK_FALSE(error);
    };
    run_turns(loop);
    CHECK(late->events.size() == 1);
}

TEST_CASE("what a descriptor is watched for can be changed") {
    EpollLoop loop;
    Watched watched(loop);
    std::error_code error;
    loop.change(watched.place, watched.waker.native_handle(), EPOLLOUT | EPOLLET, error);
    CHECK_FALSE(error);
    run_turns(loop);
    CHECK(watched.watcher->events == std::vector<std::uint32_t>{EPOLLOUT});
}

TEST_CASE("all watchers are told, however many are ready") {
    EpollLoop loop;
    std::vector<std::unique_ptr<Watched>> all;
    for (int i = 0; i < 300; ++i) {
        all.push_back(std::make_unique<Watched>(loop));
        all.back()->waker.signal();
    }
    run_turns(loop);
    std::size_t told = 0;
    for (const auto& watched : all) told += watched->watcher->events.size();
    CHECK(told == all.size());
}

TEST_CASE("a watcher that is unwatched by another in the same turn is told nothing more") {
    EpollLoop loop;
    Watched one(loop);
    Watched other(loop);
    one.watcher->function = [&](std::uint32_t) {
        loop.unwatch(other.place, other.waker.native_handle());
    };
    other.watcher->function = [&](std::uint32_t) {
        loop.unwatch(one.place, one.waker.native_handle());
    };
    one.waker.signal();
    other.waker.signal();
    run_turns(loop);
    CHECK(one.watcher->events.size() + other.watcher->events.size() == 1);
}

TEST_CASE("a watcher that comes in the turn in which another goes gets none of its events") {
    EpollLoop loop;
    Watched one(loop);
    Watched other(loop);
    Waker waker;
    const auto successor = std::make_shared<Watcher>();
    const auto replace = [&](Watched& watched) {
        loop.unwatch(watched.place, watched.waker.native_handle());
        std::error_code error;
        loop.watch(waker.native_handle(), on_change, successor, error);
        CHECK_FALSE(error);
    };
    one.watcher->function = [&](std::uint32_t) { replace(other); };
    other.watcher->function = [&](std::uint32_t) { replace(one); };
    one.waker.signal();
    other.waker.signal();
    run_turns(loop);
    CHECK(one.watcher->events.size() + other.watcher->events.size() == 1);
    CHECK(successor->events.empty());
}

// A copy in a child process would do the same.
TEST_CASE("a place gets no events of a descriptor before, of which a copy is still open") {
    EpollLoop loop;
    auto closed = std::make_unique<Watched>(loop);
    const Descriptor copy(::dup(closed->waker.native_handle()));
    REQUIRE(copy);
    const EpollLoop::Watch place = closed->place;
    loop.unwatch(place);
    const auto watcher_of_closed = closed->watcher;
    closed.reset();
    run_turns(loop);

    Watched next(loop);
    CHECK(next.place == place);
    const std::uint64_t one = 1;
    REQUIRE(::write(copy.number(), &one, sizeof one) == sizeof one);
    SUBCASE("alone") {
        run_turns(loop);
        CHECK(next.watcher->events.empty());
    }
    SUBCASE("beside its own") {
        next.waker.signal();
        run_turns(loop);
        CHECK(next.watcher->events.size() == 1);
    }
    CHECK(watcher_of_closed->events.empty());
}

TEST_CASE("a descriptor that cannot be watched is refused, and its watcher forgotten") {
    EpollLoop loop;
    Watched before(loop);
    const auto watcher = std::make_shared<Watcher>();
    std::error_code error;
    [[maybe_unused]] const auto none = loop.watch(-1, on_change, watcher, error);
    CHECK(error == asio::error::bad_descriptor);
    CHECK(watcher.use_count() == 1);
    Watched behind(loop);
    before.waker.signal();
    behind.waker.signal();
    run_turns(loop);
    CHECK(before.watcher->events.size() == 1);
    CHECK(behind.watcher->events.size() == 1);
}

// How long watchers live.

TEST_CASE("a watcher that unwatches itself lives until it has returned, and no longer") {
    EpollLoop loop;
    Watched watched(loop);
    const std::weak_ptr<Watcher> watcher = watched.watcher;
    bool lived = false;
    bool has_gone = false;
    watched.watcher->function = [&](std::uint32_t) {
        loop.unwatch(watched.place, watched.waker.native_handle());
        lived = !watcher.expired();
        loop.post([&] { loop.post([&] { has_gone = watcher.expired(); }); });
    };
    watched.watcher.reset();
    watched.waker.signal();
    run_turns(loop);
    CHECK(lived);
    CHECK(has_gone);
}

TEST_CASE("the loop lets go of a watcher that is unwatched, also of one that others own") {
    EpollLoop loop;
    Watched watched(loop);
    CHECK(watched.watcher.use_count() == 2);
    loop.unwatch(watched.place, watched.waker.native_handle());
    run_turns(loop);
    CHECK(watched.watcher.use_count() == 1);
}

TEST_CASE("watchers that are still watched are released with the loop") {
    std::weak_ptr<Watcher> left;
    std::weak_ptr<Watcher> unwatched;
    {
        EpollLoop loop;
        Watched one(loop);
        Watched other(loop);
        left = one.watcher;
        unwatched = other.watcher;
        loop.unwatch(other.place, other.waker.native_handle());
    }
    CHECK(left.expired());
    CHECK(unwatched.expired());
}

TEST_CASE("descriptors have their turn between functions that post themselves again") {
    EpollLoop loop;
    Watched watched(loop);
    watched.watcher->function = [&](std::uint32_t) { loop.stop(); };
    watched.waker.signal();
    int turns = 0;
    std::function<void()> again = [&] {
        ++turns;
        loop.post(again);
    };
    loop.post(again);
    loop.run();
    CHECK(turns < 4);
}

}  // namespace

#endif
