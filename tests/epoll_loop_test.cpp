// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of EpollLoop: what is posted to it, and its end.

#include <doctest/doctest.h>

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <charcount/detail/epoll_executor.hpp>
#include <charcount/detail/epoll_loop.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <support/events.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace {

using charcount::detail::EpollLoop;
using charcount::test::Gate;

// Posted functions.

TEST_CASE("posted functions run in order, each in a later turn than the one that posts it") {
    EpollLoop loop;
    std::string order;
    loop.post([&] {
        order += 'a';
        loop.post([&] {
            order += 'c';
            loop.post([&] {
                loop.post([&] { loop.stop(); });
                order += 'd';
            });
        });
        order += 'A';
    });
    loop.post([&] { order += 'b'; });
    loop.run();
    CHECK(order == "aAbcd");
}

TEST_CASE("functions that other threads post wake the loop, each runs once, a thread's in order") {
    constexpr std::size_t thread_count = 4;
    constexpr std::size_t posts = 5'000;
    EpollLoop loop;
    std::vector<std::size_t> next(thread_count, 0);
    std::size_t misplaced = 0;
    std::size_t runs = 0;
    std::vector<std::thread> threads;
    loop.post([&] {  // the loop runs before they begin
        for (std::size_t number = 0; number < thread_count; ++number) {
            threads.emplace_back([&, number] {
                for (std::size_t i = 0; i < posts; ++i) {
                    loop.post([&, number, i] {
                        if (next[number]++ != i) ++misplaced;
                        if (++runs == thread_count * posts) loop.stop();
                    });
                }
            });
        }
    });
    loop.run();
    for (std::thread& thread : threads) thread.join();
    CHECK(misplaced == 0);
    CHECK(next == std::vector(thread_count, posts));
}

TEST_CASE("each function of another thread wakes a loop that waits") {
    EpollLoop loop;
    std::thread thread([&] { loop.run(); });
    for (int i = 0; i < 100; ++i) {
        Gate gate;
        gate.open();
        loop.post([&] { gate.pass(); });
        gate.wait_for_arrivals();
    }
    loop.stop();
    thread.join();
}

TEST_CASE("a thread is the loop's as long as it runs it") {
    EpollLoop outer;
    EpollLoop inner;
    CHECK_FALSE(outer.runs_in_this_thread());
    outer.post([&] {
        CHECK(outer.runs_in_this_thread());
        CHECK_FALSE(inner.runs_in_this_thread());
        inner.post([&] {
            CHECK(inner.runs_in_this_thread());
            CHECK_FALSE(outer.runs_in_this_thread());
            inner.stop();
        });
        inner.run();
        CHECK(outer.runs_in_this_thread());
        outer.stop();
    });
    outer.run();
    CHECK_FALSE(outer.runs_in_this_thread());
}

// The end.

TEST_CASE("a stop ends the run, whenever it comes") {
    EpollLoop loop;
    SUBCASE("before") {
        loop.stop();
        loop.run();
    }
    SUBCASE("in a function") {
        loop.post([&] { loop.stop(); });
        loop.run();
    }
    SUBCASE("while it waits") {
        Gate gate;
        gate.open();
        std::thread thread([&] { loop.run(); });
        loop.post([&] { gate.pass(); });
        gate.wait_for_arrivals();
        loop.stop();
        thread.join();
    }
    CHECK_FALSE(loop.runs_in_this_thread());
}

TEST_CASE("a loop that is handed over is run on by another thread") {
    EpollLoop loop;
    int runs = 0;
    std::thread first([&] { loop.run(); });
    SUBCASE("while it waits") {
        Gate gate;
        gate.open();
        loop.post([&] { gate.pass(); });
        gate.wait_for_arrivals();
        loop.hand_over();
    }
    SUBCASE("as soon as it can be") {
        loop.hand_over();
    }
    SUBCASE("more than once") {
        loop.hand_over();
        loop.hand_over();
    }
    first.join();
    CHECK_FALSE(loop.runs_in_this_thread());
    loop.post([&] {
        CHECK(loop.runs_in_this_thread());
        ++runs;
        loop.stop();
    });
    loop.run();
    CHECK(runs == 1);
}

TEST_CASE("a stop outweighs a hand-over, whichever comes first") {
    EpollLoop loop;
    SUBCASE("the stop") {
        loop.stop();
        loop.hand_over();
    }
    SUBCASE("the hand-over") {
        loop.hand_over();
        loop.stop();
    }
    for (int i = 0; i < 3; ++i) loop.run();
}

TEST_CASE("what was not run is destroyed with the loop, without a call") {
    const auto shared = std::make_shared<int>(0);
    {
        EpollLoop loop;
        loop.post([&loop, shared] {
            loop.stop();
            loop.post([shared] { ++*shared; });  // to its own queue
            std::thread([&loop, shared] { loop.post([shared] { ++*shared; }); }).join();
        });
        loop.run();
        CHECK(shared.use_count() == 3);
    }
    CHECK(shared.use_count() == 1);
    CHECK(*shared == 0);
}

TEST_CASE("a function that is destroyed with the loop may post to it") {
    class PostsAtEnd {
    public:
        PostsAtEnd(EpollLoop& loop, std::shared_ptr<int> shared)
            : loop_(loop), shared_(std::move(shared)) {}
        PostsAtEnd(const PostsAtEnd&) = delete;
        PostsAtEnd& operator=(const PostsAtEnd&) = delete;
        ~PostsAtEnd() {
            loop_.post([shared = shared_] { ++*shared; });
        }

    private:
        EpollLoop& loop_;
        std::shared_ptr<int> shared_;
    };
    const auto shared = std::make_shared<int>(0);
    {
        EpollLoop loop;
        loop.post([last = std::make_unique<PostsAtEnd>(loop, shared)] {});
    }
    CHECK(shared.use_count() == 1);
    CHECK(*shared == 0);
}

}  // namespace

#endif
