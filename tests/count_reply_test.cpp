// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of CountReply: the texts, and what they can be used as.

#include <doctest/doctest.h>

#include <charcount/count_reply.hpp>
#include <concepts>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using charcount::CountReply;

constexpr std::uint64_t max = std::numeric_limits<std::uint64_t>::max();

static_assert(std::convertible_to<CountReply, std::string_view>);
static_assert(std::convertible_to<CountReply, std::string>);
static_assert(!std::convertible_to<std::uint64_t, CountReply>);
static_assert(std::is_trivially_copyable_v<CountReply>);

TEST_CASE("a count is written in decimal") {
    CHECK(CountReply(0).view() == "0");
    CHECK(CountReply(9).view() == "9");
    CHECK(CountReply(10).view() == "10");
    CHECK(CountReply(99).view() == "99");
    CHECK(CountReply(100).view() == "100");
    CHECK(CountReply(max).view() == "18446744073709551615");
}

TEST_CASE("every count is written as the standard writes it") {
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t number = 0; number <= 1'100; ++number) numbers.push_back(number);
    for (std::uint64_t power = 1; power <= max / 10; power *= 10)
        numbers.insert(numbers.end(), {power * 10 - 1, power * 10, power * 10 + 1});
    for (const std::uint64_t number : numbers) {
        const std::string text = std::to_string(number);
        REQUIRE(CountReply(number).view() == text);
        REQUIRE(CountReply::invalid_utf8(number).view() == "error: invalid UTF-8 at byte " + text);
    }
}

TEST_CASE("a message that is not UTF-8 is answered by where that begins") {
    CHECK(CountReply::invalid_utf8(0).view() == "error: invalid UTF-8 at byte 0");
    CHECK(CountReply::invalid_utf8(42).view() == "error: invalid UTF-8 at byte 42");
    CHECK(CountReply::invalid_utf8(max).view() ==
          "error: invalid UTF-8 at byte 18446744073709551615");
}

TEST_CASE("a reply is a string, or a view of one that lies in it") {
    const CountReply reply(1234);
    const std::string copied = reply;
    CHECK(copied == "1234");
    const std::string_view seen = reply;
    CHECK(seen == "1234");
    CHECK(seen.data() == reply.view().data());
    const auto* const begin = reinterpret_cast<const char*>(&reply);
    CHECK(seen.data() >= begin);
    CHECK(seen.data() + seen.size() <= begin + sizeof reply);
}

TEST_CASE("a copy of a reply has a text of its own") {
    CountReply reply(1);
    const CountReply copy = reply;
    reply = CountReply::invalid_utf8(2);
    CHECK(copy == "1");
    CHECK(reply == "error: invalid UTF-8 at byte 2");
    CHECK(copy.view().data() != reply.view().data());
}

TEST_CASE("a reply is compared with a text") {
    CHECK(CountReply(10) == "10");
    CHECK("10" == CountReply(10));
    CHECK(CountReply(10) != "1");
    CHECK(CountReply(10) != "100");
    CHECK(CountReply(10) == std::string("10"));
    CHECK(CountReply(10) == CountReply(10).view());
}

TEST_CASE("a reply is written to a stream") {
    std::ostringstream out;
    out << CountReply(7) << ", " << CountReply::invalid_utf8(8);
    CHECK(out.str() == "7, error: invalid UTF-8 at byte 8");
}

}  // namespace
