// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of SmallFunction: calls, moves, and who destroys what.

#include <doctest/doctest.h>

#include <charcount/detail/small_function.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace {

using Function = charcount::detail::SmallFunction<void(int, std::unique_ptr<int>)>;
using charcount::detail::SmallFunction;

static_assert(!std::is_copy_constructible_v<Function> && !std::is_copy_assignable_v<Function>);
static_assert(std::is_nothrow_move_constructible_v<Function>);
static_assert(std::is_nothrow_move_assignable_v<Function>);
static_assert(!std::is_constructible_v<Function, std::string>);

TEST_CASE("a function is called with what it is given, as often as one likes") {
    int sum = 0;
    Function function = [&](int number, std::unique_ptr<int> other) { sum += number + *other; };
    CHECK(function);
    function(1, std::make_unique<int>(10));
    function(2, std::make_unique<int>(20));
    CHECK(sum == 33);
}

TEST_CASE("what was moved from is none") {
    int calls = 0;
    SmallFunction<void()> first = [&] { ++calls; };
    SmallFunction<void()> second(std::move(first));
    CHECK_FALSE(first);
    CHECK(second);
    SmallFunction<void()> third;
    CHECK_FALSE(third);
    third = std::move(second);
    CHECK_FALSE(second);
    third();
    CHECK(calls == 1);
    third = {};
    CHECK_FALSE(third);
}

TEST_CASE("what a function owns is destroyed once, with it or when it is replaced") {
    const auto owned = std::make_shared<int>(0);
    {
        SmallFunction<void()> function = [owned] { ++*owned; };
        CHECK(owned.use_count() == 2);
        SmallFunction<void()> moved(std::move(function));
        CHECK(owned.use_count() == 2);
        moved();
        moved = [] {};
        CHECK(owned.use_count() == 1);
        moved = [owned] { ++*owned; };
        CHECK(owned.use_count() == 2);
    }
    CHECK(owned.use_count() == 1);
    CHECK(*owned == 1);
}

// As when the handler of a timer begins the next wait.
TEST_CASE("a function that was taken out may be replaced while it runs") {
    SmallFunction<void()> waiting;
    int calls = 0;
    waiting = [&] { waiting = [&] { ++calls; }; };
    SmallFunction<void()> running = std::exchange(waiting, {});
    running();
    REQUIRE(waiting);
    waiting();
    CHECK(calls == 1);
}

TEST_CASE("what a replaced function owns may look at its successor when it is destroyed") {
    SmallFunction<void()> function;
    bool has_successor = false;
    struct Last {
        SmallFunction<void()>* function;
        bool* has_successor;
        ~Last() { *has_successor = static_cast<bool>(*function); }
    };
    function = [last = std::make_unique<Last>(Last{&function, &has_successor})] {};
    has_successor = false;
    function = [] {};
    CHECK(has_successor);
}

}  // namespace
