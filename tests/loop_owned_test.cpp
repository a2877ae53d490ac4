// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of LoopOwned: who is told when a loop is destroyed.

#include <doctest/doctest.h>

#include <asio/io_context.hpp>
#include <asio/strand.hpp>
#include <charcount/detail/loop_owned.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace {

class Item final : charcount::detail::LoopOwned {
public:
    template <class Executor>
    explicit Item(const Executor& executor, std::function<void()> when_told)
        : LoopOwned(executor), when_told_(std::move(when_told)) {}

private:
    void on_loop_destroyed() noexcept override { when_told_(); }

    const std::function<void()> when_told_;
};

TEST_CASE("those that are there are told that their loop is destroyed, and may outlive it") {
    int told = 0;
    std::optional<asio::io_context> loop(std::in_place);
    asio::io_context other;
    Item one(loop->get_executor(), [&] { ++told; });
    Item two(asio::make_strand(*loop), [&] { ++told; });
    Item elsewhere(other.get_executor(), [&] { told += 100; });
    {
        Item gone(loop->get_executor(), [&] { told += 10; });
    }
    loop.reset();
    CHECK(told == 2);
}

TEST_CASE("one that is told may destroy the others") {
    int told = 0;
    std::optional<asio::io_context> loop(std::in_place);
    std::unique_ptr<Item> first;
    std::unique_ptr<Item> second;
    first = std::make_unique<Item>(loop->get_executor(), [&] {
        ++told;
        second.reset();
    });
    second = std::make_unique<Item>(loop->get_executor(), [&] {
        ++told;
        first.reset();
    });
    loop.reset();
    CHECK(told == 1);
}

}  // namespace
