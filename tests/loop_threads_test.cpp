// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of LoopThreads: each loop has one thread of its own, and all end.

#include <doctest/doctest.h>

#include <charcount/detail/loop_threads.hpp>
#include <cstddef>
#include <set>
#include <support/events.hpp>
#include <thread>
#include <vector>

namespace {

using charcount::test::Gate;
using charcount::test::Log;

// Notes the threads that run it, which hold until it is stopped.
class FakeLoop {
public:
    void run() {
        threads.add(std::this_thread::get_id());
        gate_.pass();
    }
    void stop() { gate_.open(); }

    Log<std::thread::id> threads;

private:
    Gate gate_;
};

using LoopThreads = charcount::detail::LoopThreads<FakeLoop>;

template <class Loop>
std::vector<Loop*> loops_of(charcount::detail::LoopThreads<Loop>& threads) {
    std::vector<Loop*> loops;
    for (std::size_t i = 0; i < threads.size(); ++i) loops.push_back(&threads.loop(i));
    return loops;
}

TEST_CASE("each loop is run by one thread of its own") {
    LoopThreads threads(3);
    const auto loops = loops_of(threads);
    REQUIRE(loops.size() == 3);
    threads.start();
    std::set<std::thread::id> seen;
    for (FakeLoop* const loop : loops) {
        REQUIRE(loop->threads.wait_for(1).size() == 1);
        seen.insert(loop->threads.entries().front());
    }
    CHECK(seen.size() == 3);
    threads.stop();
    threads.join();
}

// As a server's start is tried again when the system had too few threads for the first.
TEST_CASE("a start that is made again runs no loop twice") {
    LoopThreads threads(2);
    threads.start();
    threads.start();
    const auto loops = loops_of(threads);
    for (FakeLoop* const loop : loops) REQUIRE(loop->threads.wait_for(1).size() == 1);
    threads.stop();
    threads.join();
    for (FakeLoop* const loop : loops) CHECK(loop->threads.entries().size() == 1);
}

TEST_CASE("a loop that can't be handed over keeps its thread") {
    LoopThreads threads(1);
    threads.start();
    threads.run_first_here();
    FakeLoop* const loop = &threads.loop(0);
    REQUIRE(loop->threads.wait_for(1).size() == 1);
    CHECK(loop->threads.entries().front() != std::this_thread::get_id());
}

// Each run ends with a hand-over, but that of the thread that took it over.
class FakeMovingLoop {
public:
    void run() {
        threads.add(std::this_thread::get_id());
        if (threads.entries().size() == 1) gate_.pass();
    }
    void hand_over() { gate_.open(); }
    void stop() { gate_.open(); }

    Log<std::thread::id> threads;

private:
    Gate gate_;
};

TEST_CASE("the calling thread takes the first loop over, once") {
    charcount::detail::LoopThreads<FakeMovingLoop> threads(2);
    const auto loops = loops_of(threads);
    threads.run_first_here();  // not started: there is no thread to take it from
    CHECK(loops[0]->threads.entries().empty());
    threads.start();
    for (FakeMovingLoop* const loop : loops) REQUIRE(loop->threads.wait_for(1).size() == 1);
    threads.run_first_here();
    const auto runs = loops[0]->threads.entries();
    REQUIRE(runs.size() == 2);
    CHECK(runs[0] != std::this_thread::get_id());
    CHECK(runs[1] == std::this_thread::get_id());
    CHECK(loops[1]->threads.entries().size() == 1);
    threads.run_first_here();
    CHECK(loops[0]->threads.entries().size() == 2);
}

TEST_CASE("threads that were not stopped are stopped at the end, and those not started left out") {
    LoopThreads started(2);
    started.start();
    const LoopThreads not_started(2);
}

// Notes when it is destroyed.
class FakeMortalLoop {
public:
    ~FakeMortalLoop() { ends->push_back(number); }

    void run() {}
    void stop() {}

    int number = 0;
    std::vector<int>* ends = nullptr;
};

// What waits on the first loop may be the last to hold a server, which knows the others.
TEST_CASE("the first loop is destroyed first") {
    std::vector<int> ends;
    {
        charcount::detail::LoopThreads<FakeMortalLoop> threads(3);
        for (int i = 0; i < 3; ++i) {
            threads.loop(static_cast<std::size_t>(i)).number = i;
            threads.loop(static_cast<std::size_t>(i)).ends = &ends;
        }
    }
    CHECK(ends == std::vector<int>{0, 1, 2});
}

}  // namespace
