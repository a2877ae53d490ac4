// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of DeadlineQueue: what is due first comes first, whatever was moved and removed.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <charcount/detail/deadline_queue.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <random>
#include <vector>

namespace {

using charcount::detail::DeadlineQueue;
using charcount::detail::Timed;
using namespace std::chrono_literals;

using Time = std::chrono::steady_clock::time_point;
using Queue = DeadlineQueue<Time>;

constexpr Time at(int milliseconds) {
    return Time(std::chrono::milliseconds(milliseconds));
}

TEST_CASE("an empty queue has nothing due, ever") {
    Queue queue;
    CHECK(queue.empty());
    CHECK(queue.next() == Time::max());
    CHECK(queue.take_due(Time::max()) == nullptr);
}

TEST_CASE("an item is due at its time, not before, and once") {
    Queue queue;
    Timed item;
    queue.bring_forward(item, at(10));
    CHECK_FALSE(queue.empty());
    CHECK(queue.next() == at(10));
    CHECK(queue.take_due(at(9)) == nullptr);
    CHECK(queue.take_due(at(10)) == &item);
    CHECK(queue.take_due(at(11)) == nullptr);
    CHECK(queue.empty());
    CHECK(item.queue_index == Timed::not_queued);
}

TEST_CASE("items are taken in the order of their times") {
    Queue queue;
    std::array<Timed, 5> items;
    constexpr std::array<int, 5> times{30, 10, 50, 20, 40};
    for (std::size_t i = 0; i < items.size(); ++i) queue.bring_forward(items[i], at(times[i]));
    for (const std::size_t i : {1U, 3U, 0U, 4U, 2U}) CHECK(queue.take_due(at(100)) == &items[i]);
    CHECK(queue.empty());
}

TEST_CASE("a deadline comes nearer, and never moves away") {
    Queue queue;
    Timed moved;
    Timed other;
    queue.bring_forward(other, at(20));
    queue.bring_forward(moved, at(30));
    queue.bring_forward(moved, at(10));
    CHECK(queue.next() == at(10));
    queue.bring_forward(moved, at(40));
    CHECK(queue.next() == at(10));
    CHECK(queue.take_due(at(100)) == &moved);
    CHECK(queue.take_due(at(100)) == &other);
}

TEST_CASE("an item that was taken can be queued again") {
    Queue queue;
    Timed item;
    queue.bring_forward(item, at(10));
    CHECK(queue.take_due(at(10)) == &item);
    queue.bring_forward(item, at(30));
    CHECK(queue.next() == at(30));
}

TEST_CASE("removing what is not queued does nothing") {
    Queue queue;
    Timed item;
    Timed other;
    queue.bring_forward(other, at(10));
    queue.remove(item);
    queue.remove(other);
    queue.remove(other);
    CHECK(queue.empty());
}

TEST_CASE("any mixture of steps agrees with a plain list") {
    constexpr std::size_t count = 40;
    std::mt19937 random(1);
    const auto pick = [&](std::size_t bound) { return random() % bound; };
    Queue queue;
    std::deque<Timed> items(count);
    std::vector<Time> times(count, Time::max());  // max: not queued
    const auto earliest = [&] { return *std::min_element(times.begin(), times.end()); };
    for (int step = 0; step < 20'000; ++step) {
        const std::size_t i = pick(count);
        const Time time = at(static_cast<int>(pick(1000)));
        const std::size_t what = pick(4);
        if (what < 2) {
            queue.bring_forward(items[i], time);
            times[i] = std::min(times[i], time);
        } else if (what == 2) {
            queue.remove(items[i]);
            times[i] = Time::max();
        } else if (Timed* due = queue.take_due(time)) {
            const auto found = std::find_if(items.begin(), items.end(),
                                            [&](const Timed& item) { return &item == due; });
            Time& taken = times[static_cast<std::size_t>(found - items.begin())];
            REQUIRE(taken == earliest());
            REQUIRE(taken <= time);
            taken = Time::max();
        } else {
            REQUIRE(earliest() > time);
        }
        REQUIRE(queue.next() == earliest());
        REQUIRE(queue.empty() == (earliest() == Time::max()));
    }
}

}  // namespace
