// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of LoopTask and LoopTaskQueue: calls, order, and what becomes of tasks that are not run.

#include <doctest/doctest.h>

#include <charcount/detail/loop_task.hpp>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using charcount::detail::LoopTask;
using charcount::detail::LoopTaskQueue;

static_assert(!std::is_copy_constructible_v<LoopTask> && !std::is_copy_assignable_v<LoopTask>);
static_assert(!std::is_copy_constructible_v<LoopTaskQueue>);

// A function object that counts its calls and how many of its kind there are.
class Counted {
public:
    struct Counts {
        int calls = 0;
        int alive = 0;
        int alive_in_call = 0;
    };

    explicit Counted(Counts& counts) : counts_(&counts) { ++counts_->alive; }
    Counted(Counted&& other) noexcept : counts_(other.counts_) { ++counts_->alive; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    Counted& operator=(Counted&&) = delete;
    ~Counted() { --counts_->alive; }

    void operator()() {
        ++counts_->calls;
        counts_->alive_in_call = counts_->alive;
    }

private:
    Counts* counts_;
};

// A task that appends a number.
LoopTask* append(std::vector<int>& to, int number) {
    return LoopTask::make([&to, number] { to.push_back(number); });
}

void run_all(LoopTaskQueue& queue) {
    while (!queue.empty()) queue.pop()->run();
}

TEST_CASE("a task calls its function once, and is gone before that") {
    Counted::Counts counts;
    LoopTask* const task = LoopTask::make(Counted(counts));
    CHECK(counts.alive == 1);
    task->run();
    CHECK(counts.calls == 1);
    CHECK(counts.alive_in_call == 1);  // the one that is called; the task's was destroyed
    CHECK(counts.alive == 0);
}

TEST_CASE("a task that is discarded destroys its function without a call") {
    Counted::Counts counts;
    LoopTask::make(Counted(counts))->discard();
    CHECK(counts.calls == 0);
    CHECK(counts.alive == 0);
}

TEST_CASE("a function that cannot be copied is moved into its task") {
    int result = 0;
    auto number = std::make_unique<int>(7);
    LoopTask::make([number = std::move(number), &result] { result = *number; })->run();
    CHECK(result == 7);
}

TEST_CASE("a function that is an lvalue is copied into its task") {
    int calls = 0;
    const auto count = [&calls] { ++calls; };
    LoopTask::make(count)->run();
    count();
    CHECK(calls == 2);
}

TEST_CASE("a function that throws leaves nothing behind") {
    const auto shared = std::make_shared<int>();
    LoopTask* const task = LoopTask::make([shared] { throw *shared; });
    CHECK_THROWS_AS(task->run(), int);
    CHECK(shared.use_count() == 1);
}

TEST_CASE("a queue keeps the order, also when it was empty in between") {
    std::vector<int> order;
    LoopTaskQueue queue;
    CHECK(queue.empty());
    queue.push(append(order, 1));
    queue.push(append(order, 2));
    CHECK_FALSE(queue.empty());
    queue.pop()->run();
    queue.push(append(order, 3));
    run_all(queue);
    CHECK(queue.empty());
    queue.push(append(order, 4));
    queue.push(append(order, 5));
    run_all(queue);
    CHECK(order == std::vector{1, 2, 3, 4, 5});
}

TEST_CASE("a queue appends all tasks of another, which can be used again") {
    std::vector<int> order;
    LoopTaskQueue queue;
    LoopTaskQueue other;
    queue.take_all(other);
    CHECK(queue.empty());

    other.push(append(order, 1));
    other.push(append(order, 2));
    queue.take_all(other);  // into an empty one
    CHECK(other.empty());
    other.push(append(order, 3));
    queue.take_all(other);  // behind others
    queue.take_all(other);  // nothing
    queue.push(append(order, 4));
    other.push(append(order, 5));
    run_all(queue);
    CHECK(order == std::vector{1, 2, 3, 4});
    run_all(other);
    CHECK(order == std::vector{1, 2, 3, 4, 5});
}

TEST_CASE("a queue that is destroyed destroys its tasks without a call") {
    Counted::Counts counts;
    {
        LoopTaskQueue queue;
        for (int i = 0; i < 3; ++i) queue.push(LoopTask::make(Counted(counts)));
        CHECK(counts.alive == 3);
    }
    CHECK(counts.alive == 0);
    CHECK(counts.calls == 0);
}

TEST_CASE("a task that is run may push others to its queue") {
    std::vector<int> order;
    LoopTaskQueue queue;
    queue.push(LoopTask::make([&] {
        order.push_back(1);
        queue.push(append(order, 2));
    }));
    run_all(queue);
    CHECK(order == std::vector{1, 2});
}

}  // namespace
