// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of what is asked: each expected reply is what the library counts.

#include "requests.hpp"

#include <doctest/doctest.h>

#include <charcount/utf8.hpp>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

using charcount::bench::Requests;

namespace {

constexpr std::size_t depth = 7;

std::string counted(std::string_view message) {
    const charcount::Utf8Scan scan = charcount::scan_utf8(message);
    REQUIRE(scan.valid_bytes == message.size());
    return std::to_string(scan.code_points);
}

}  // namespace

TEST_CASE("each reply is the number of code points that the library counts") {
    for (const auto& kind : charcount::bench::text_kinds()) {
        for (const std::size_t size : {1U, 5U, 32U, 1000U, 70'000U}) {
            CAPTURE(kind.name);
            CAPTURE(size);
            const Requests requests(kind, size, depth);
            REQUIRE(requests.amount() >= 4);
            for (std::size_t i = 0; i < requests.amount() + depth; ++i) {
                const std::string_view sent = requests.sent(i, 1);
                REQUIRE(sent.size() == size + 1);
                CHECK(sent.find('\n') == size);
                CHECK(sent.find('\r') == sent.npos);
                CHECK(requests.replies(i, 1) == counted(sent.substr(0, size)) + '\n');
            }
        }
    }
}

TEST_CASE("several requests and their replies are one piece wherever they begin") {
    const Requests requests(charcount::bench::kind_of("mixed"), 32, depth);
    for (std::size_t first = 0; first < requests.amount(); ++first) {
        std::string sent;
        std::string replies;
        for (std::size_t i = 0; i < depth; ++i) {
            sent += requests.sent((first + i) % requests.amount(), 1);
            replies += requests.replies((first + i) % requests.amount(), 1);
        }
        CHECK(requests.sent(first, depth) == sent);
        CHECK(requests.replies(first, depth) == replies);
    }
}

TEST_CASE("the circle may be longer than the different messages") {
    const Requests requests(charcount::bench::kind_of("cjk"), 100'000, 10);
    REQUIRE(requests.amount() == 4);
    CHECK(requests.sent(3, 10).substr(0, 100'001) == requests.sent(3, 1));
    CHECK(requests.sent(3, 10).substr(400'004, 100'001) == requests.sent(3, 1));
}

TEST_CASE("messages differ, and with text beyond ASCII their replies do") {
    const Requests requests(charcount::bench::kind_of("mixed"), 32, 1);
    std::set<std::string_view> messages;
    std::set<std::string_view> replies;
    for (std::size_t i = 0; i < requests.amount(); ++i) {
        messages.insert(requests.sent(i, 1));
        replies.insert(requests.replies(i, 1));
    }
    CHECK(messages.size() == requests.amount());
    CHECK(replies.size() > 5);
}

TEST_CASE("the same options make the same messages") {
    const Requests once(charcount::bench::kind_of("emoji"), 64, 1);
    const Requests again(charcount::bench::kind_of("emoji"), 64, 1);
    CHECK(once.sent(0, 1) == again.sent(0, 1));
    CHECK(once.sent(100, 1) == again.sent(100, 1));
}
