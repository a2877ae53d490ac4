// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the reply checker: right replies however they are cut, and what is wrong in others.

#include "reply_checker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using charcount::bench::ReplyChecker;
using charcount::bench::Requests;

namespace {

const Requests& requests() {
    static const Requests made(charcount::bench::kind_of("mixed"), 40, 16);
    return made;
}

}  // namespace

TEST_CASE("right replies are counted, however they are cut") {
    for (std::size_t piece = 1; piece < 20; ++piece) {
        ReplyChecker checker(requests(), 250);  // close to the end of the circle
        for (int round = 0; round < 3; ++round) {
            REQUIRE(checker.ask(16).size() == 16 * 41);
            std::size_t first = (250 + static_cast<std::size_t>(round) * 16) % requests().amount();
            std::string_view left = requests().replies(first, 16);
            std::size_t replies = 0;
            for (; !left.empty(); left.remove_prefix(std::min(piece, left.size()))) {
                const auto taken = checker.take(left.substr(0, piece));
                REQUIRE(taken);
                replies += *taken;
                CHECK(checker.in_flight() == 16 - replies);
            }
            CHECK(replies == 16);
        }
    }
}

TEST_CASE("what is asked while replies are missing goes on in the circle") {
    ReplyChecker checker(requests(), 0);
    CHECK(checker.ask(3) == requests().sent(0, 3));
    CHECK(checker.take(requests().replies(0, 2)) == 2);
    CHECK(checker.ask(2) == requests().sent(3, 2));
    CHECK(checker.take(requests().replies(2, 3)) == 3);
    CHECK(checker.in_flight() == 0);
}

TEST_CASE("a wrong reply is refused and explained") {
    ReplyChecker checker(requests(), 5);
    [[maybe_unused]] const auto sent = checker.ask(3);
    const std::string right(requests().replies(5, 1));
    const std::string arrived = right + "999\n";
    CHECK_FALSE(checker.take(arrived));
    const ReplyChecker::Wrong wrong = checker.explain(arrived);
    CHECK(wrong.message == requests().sent(6, 1).substr(0, 40));
    CHECK(std::string(wrong.expected) + '\n' == requests().replies(6, 1));
    CHECK(wrong.got == "999");
}

TEST_CASE("a wrong reply is explained as a whole when its beginning came before") {
    ReplyChecker checker(requests(), 0);
    [[maybe_unused]] const auto sent = checker.ask(1);
    const std::string begin(requests().replies(0, 1).substr(0, 1));
    CHECK(checker.take(begin) == 0);
    CHECK_FALSE(checker.take("x\n"));
    CHECK(checker.explain("x\n").got == begin + "x");
}

TEST_CASE("a reply to nothing is refused") {
    ReplyChecker checker(requests(), 0);
    [[maybe_unused]] const auto sent = checker.ask(1);
    const std::string arrived = std::string(requests().replies(0, 1)) + "7\n";
    CHECK_FALSE(checker.take(arrived));
    CHECK(checker.explain(arrived).expected.empty());
    CHECK(checker.explain(arrived).got == "7");
}

TEST_CASE("the right number with another end is wrong") {
    ReplyChecker checker(requests(), 0);
    [[maybe_unused]] const auto sent = checker.ask(1);
    const std::string_view reply = requests().replies(0, 1);
    const std::string digits(reply.substr(0, reply.size() - 1));
    CHECK_FALSE(checker.take(digits + "\r\n"));
}
