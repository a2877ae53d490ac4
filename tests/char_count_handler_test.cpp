// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the default handler: its replies to whole messages and to messages in pieces.

#include <doctest/doctest.h>

#include <charcount/char_count_handler.hpp>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace {

using charcount::CharCountHandler;
using charcount::Unit;
using namespace std::string_view_literals;

static_assert(std::is_nothrow_constructible_v<CharCountHandler, Unit>);
static_assert(!std::is_convertible_v<Unit, CharCountHandler>);
static_assert(std::is_nothrow_copy_constructible_v<CharCountHandler>);
static_assert(noexcept(std::declval<CharCountHandler&>().on_chunk(std::string_view())));

struct Row {
    std::string_view message;
    std::string_view code_points;
    std::string_view bytes;
    std::string_view utf16_units;
};

// Grüße; a family emoji (four persons and three joiners); then ill-formed messages: a lone
// continuation byte, an overlong form, a surrogate, a sequence cut off at the end.
constexpr Row rows[] = {
    {""sv, "0", "0", "0"},
    {"Halo"sv, "4", "4", "4"},
    {"a\0b\n"sv, "4", "4", "4"},
    {"Gr\xC3\xBC\xC3\x9F"
     "e"sv,
     "5", "7", "5"},
    {"\xE5\xAD\x97\xE6\x95\xB0"sv, "2", "6", "2"},
    {"\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D"
     "\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0\x9F\x91\xA6"sv,
     "7", "25", "11"},
    {"\x80"sv, "error: invalid UTF-8 at byte 0", "1", "error: invalid UTF-8 at byte 0"},
    {"Halo dunia\xC0\xAF!"sv, "error: invalid UTF-8 at byte 10", "13",
     "error: invalid UTF-8 at byte 10"},
    {"\xC3\xA9\xED\xA0\x80\xFF"sv, "error: invalid UTF-8 at byte 2", "6",
     "error: invalid UTF-8 at byte 2"},
    {"abc\xF0\x9F\x98"sv, "error: invalid UTF-8 at byte 3", "6", "error: invalid UTF-8 at byte 3"},
};

std::string_view reply_in(const Row& row, Unit unit) {
    switch (unit) {
        case Unit::code_points:
            return row.code_points;
        case Unit::bytes:
            return row.bytes;
        case Unit::utf16_units:
            return row.utf16_units;
    }
    return "";
}

constexpr Unit every_unit[] = {Unit::code_points, Unit::bytes, Unit::utf16_units};

TEST_CASE("code points are counted unless another unit is asked for") {
    const CharCountHandler handler;
    for (const Row& row : rows) CHECK(handler(row.message) == row.code_points);
}

TEST_CASE("a whole message is counted in each unit, and only bytes are never invalid") {
    for (const Unit unit : every_unit) {
        const CharCountHandler handler{unit};
        for (const Row& row : rows) {
            CAPTURE(charcount::to_string(unit));
            CAPTURE(row.code_points);
            CHECK(handler(row.message) == reply_in(row, unit));
        }
    }
}

TEST_CASE("one handler answers message after message in pieces, wherever they are cut") {
    for (const Unit unit : every_unit) {
        CharCountHandler handler{unit};
        for (const Row& row : rows) {
            for (std::size_t cut = 0; cut <= row.message.size(); ++cut) {
                CAPTURE(charcount::to_string(unit));
                CAPTURE(row.code_points);
                CAPTURE(cut);
                handler.on_chunk(row.message.substr(0, cut));
                handler.on_chunk(row.message.substr(cut));
                CHECK(handler.on_end() == reply_in(row, unit));
            }
        }
    }
}

TEST_CASE("one handler answers message after message byte by byte") {
    for (const Unit unit : every_unit) {
        CharCountHandler handler{unit};
        for (const Row& row : rows) {
            for (std::size_t i = 0; i < row.message.size(); ++i) {
                handler.on_chunk(row.message.substr(i, 1));
            }
            CHECK(handler.on_end() == reply_in(row, unit));
        }
    }
}

TEST_CASE("a message without pieces is empty") {
    for (const Unit unit : every_unit) CHECK(CharCountHandler{unit}.on_end() == "0");
}

TEST_CASE("a whole message does not disturb one that arrives in pieces") {
    CharCountHandler handler;
    handler.on_chunk("ab\xC3");
    CHECK(handler("Halo") == "4");
    CHECK(handler("\xFF") == "error: invalid UTF-8 at byte 0");
    handler.on_chunk("\xA9");
    CHECK(handler.on_end() == "3");
}

TEST_CASE("a copy goes on by itself") {
    CharCountHandler first{Unit::utf16_units};
    first.on_chunk("ab");
    CharCountHandler second = first;
    first.on_chunk("\xFF");
    second.on_chunk("\xF0\x9F\x98\x80");
    CHECK(first.on_end() == "error: invalid UTF-8 at byte 2");
    CHECK(second.on_end() == "4");
}

TEST_CASE("an error far into a stream is located from the stream's start") {
    CharCountHandler handler;
    const std::string piece(65536, 'x');
    for (int i = 0; i < 100; ++i) handler.on_chunk(piece);
    handler.on_chunk("\xE2\x82");
    handler.on_chunk("!");
    for (int i = 0; i < 100; ++i) handler.on_chunk(piece);
    CHECK(handler.on_end() == "error: invalid UTF-8 at byte 6553600");
}

TEST_CASE("a stream longer than 4 GiB is counted without overflow") {
    CharCountHandler handler{Unit::bytes};
    const std::string piece(65536, '\0');
    for (int i = 0; i < 65537; ++i) handler.on_chunk(piece);
    CHECK(handler.on_end() == "4295032832");
}

}  // namespace
