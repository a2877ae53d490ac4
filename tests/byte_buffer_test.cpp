// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the ByteBuffer: it holds what a string would after the same calls.

#include <doctest/doctest.h>

#include <charcount/byte_buffer.hpp>
#include <cstddef>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

using charcount::ByteBuffer;
using namespace std::string_view_literals;

// Each byte differs from its neighbours, so that one in the wrong place shows.
std::string text_of(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('!' + i % 91);
    return text;
}

ByteBuffer holding(std::string_view text) {
    ByteBuffer bytes;
    bytes += text;
    return bytes;
}

TEST_CASE("a new buffer has no bytes and no memory") {
    const ByteBuffer bytes;
    CHECK(bytes.empty());
    CHECK(bytes.size() == 0);
    CHECK(bytes.capacity() == 0);
    CHECK(bytes.view().empty());
}

// Appends texts of many sizes behind as many others; `tail` is what follows each of them.
template <class Append>
void check_at_all_sizes(Append append, std::string_view tail) {
    for (std::size_t before = 0; before <= 130; ++before) {
        for (std::size_t size = 0; size <= 70; ++size) {
            CAPTURE(before);
            CAPTURE(size);
            const std::string text = text_of(size);
            ByteBuffer bytes = holding(std::string(before, '#'));
            CHECK(&append(bytes, text) == &bytes);
            REQUIRE(bytes.view() == std::string(before, '#').append(text).append(tail));
            REQUIRE(bytes.capacity() >= bytes.size());
        }
    }
}

TEST_CASE("texts of any size are appended, whatever stands before them") {
    check_at_all_sizes(
        [](ByteBuffer & bytes, std::string_view text) -> auto& { return bytes.append(text); }, "");
}

TEST_CASE("texts of any size are appended with a byte behind them") {
    check_at_all_sizes(
        [](ByteBuffer & bytes, std::string_view text) -> auto& { return bytes.append(text, '\n'); },
        "\n");
}

TEST_CASE("bytes are appended one by one") {
    const std::string text = text_of(300);
    ByteBuffer pushed;
    ByteBuffer added;
    for (std::size_t i = 0; i < text.size(); ++i) {
        pushed.push_back(text[i]);
        added += text[i];
        REQUIRE(pushed.view() == text.substr(0, i + 1));
    }
    CHECK(added.view() == text);
}

TEST_CASE("a byte may be NUL") {
    ByteBuffer bytes;
    bytes += '\0';
    bytes += "a\0b"sv;
    CHECK(bytes.view() == "\0a\0b"sv);
}

TEST_CASE("a part of a buffer is appended to it, also when it needs new memory") {
    for (const std::size_t size : {1U, 5U, 16U, 17U, 64U, 65U, 1000U}) {
        CAPTURE(size);
        std::string expected = text_of(size);
        ByteBuffer bytes = holding(expected);
        for (int i = 0; i < 4; ++i) {
            expected += expected.substr(expected.size() / 3);
            bytes += bytes.view().substr(bytes.size() / 3);
            REQUIRE(bytes.view() == expected);
            expected += expected.substr(expected.size() / 2) + '!';
            bytes.append(bytes.view().substr(bytes.size() / 2), '!');
            REQUIRE(bytes.view() == expected);
        }
    }
}

TEST_CASE("memory at least doubles, so that many bytes are not copied often") {
    ByteBuffer bytes;
    std::size_t times = 0;
    for (std::size_t before = 0; bytes.size() < 1'000'000;) {
        bytes += "Halo";
        if (bytes.capacity() != std::exchange(before, bytes.capacity())) ++times;
    }
    CHECK(times <= 16);
}

TEST_CASE("a cleared buffer keeps its memory") {
    ByteBuffer bytes = holding(text_of(1000));
    const std::size_t capacity = bytes.capacity();
    bytes.clear();
    CHECK(bytes.empty());
    CHECK(bytes.capacity() == capacity);
    bytes += "Halo";
    CHECK(bytes.view() == "Halo");
}

TEST_CASE("a copy has bytes of its own") {
    ByteBuffer bytes = holding("Halo");
    ByteBuffer copy = bytes;
    copy += '!';
    CHECK(bytes.view() == "Halo");
    CHECK(copy.view() == "Halo!");
    bytes = copy;
    CHECK(bytes.view() == "Halo!");
    CHECK(copy.view() == "Halo!");
    const ByteBuffer& itself = bytes;
    bytes = itself;
    CHECK(bytes.view() == "Halo!");
}

TEST_CASE("a move hands the bytes over, unmoved") {
    ByteBuffer bytes = holding("Halo");
    const char* const place = bytes.view().data();
    ByteBuffer other = std::move(bytes);
    CHECK(other.view() == "Halo");
    CHECK(other.view().data() == place);
    CHECK(bytes.empty());
    CHECK(bytes.capacity() == 0);
    bytes += "dunia";
    CHECK(bytes.view() == "dunia");
    bytes = std::move(other);
    CHECK(bytes.view() == "Halo");
    CHECK(bytes.view().data() == place);
    CHECK(other.empty());
}

TEST_CASE("buffers are exchanged") {
    ByteBuffer one = holding("Halo");
    ByteBuffer two;
    one.swap(two);
    CHECK(one.empty());
    CHECK(two.view() == "Halo");
}

TEST_CASE("more bytes than there can be are refused, and nothing changes") {
    ByteBuffer bytes = holding("Halo");
    const auto most = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
    const std::string_view too_long("never read", most);
    CHECK_THROWS_AS(bytes.append(too_long), std::length_error);
    CHECK_THROWS_AS(bytes.append(too_long, '\n'), std::length_error);
    CHECK(bytes.view() == "Halo");
}

}  // namespace
