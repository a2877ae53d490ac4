// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of counting graphemes: known samples, errors where scan_utf8 has them, and the handler.

#include <doctest/doctest.h>

#include <utf8proc.h>
#include <charcount/graphemes.hpp>
#include <charcount/handler.hpp>
#include <charcount/utf8.hpp>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <support/encoding_tree.hpp>
#include <support/splits.hpp>
#include <type_traits>
#include <utility>

namespace {

using charcount::GraphemeCounter;
using charcount::GraphemeCountHandler;
using charcount::GraphemeScan;
using charcount::scan_graphemes;
using charcount::scan_utf8;
using charcount::Utf8Scan;
using enum charcount::Utf8Status;
using charcount::test::describe;
using charcount::test::edge_bytes;
using charcount::test::hex;
using charcount::test::Pieces;
using charcount::test::split_at_every_offset;
using namespace std::string_view_literals;

static_assert(charcount::ChunkHandler<GraphemeCountHandler>);
static_assert(charcount::MessageHandler<GraphemeCountHandler>);
static_assert(std::is_nothrow_copy_constructible_v<GraphemeCountHandler>);
static_assert(noexcept(std::declval<GraphemeCountHandler&>().on_chunk(std::string_view())));
static_assert(noexcept(scan_graphemes(std::string_view())));

struct Sample {
    std::string_view text;
    std::size_t graphemes;
};

constexpr Sample samples[] = {
    // ASCII: control characters stand alone, but for CR LF
    {""sv, 0},
    {"Halo dunia"sv, 10},
    {"\0\0"sv, 2},
    {"a\tb\x7F"sv, 4},
    {"\r\n"sv, 1},
    {"\n\r"sv, 2},
    {"\r\r\n\n"sv, 3},
    {"a\r\nb\r\n\r\nc"sv, 6},
    {"12345678\r\n12345678\r\n"sv, 18},
    // combining marks: after a letter, after CJK, many, first of all, after a control character
    {"e\xCC\x81"sv, 1},
    {"\xE5\xAD\x97\xE3\x82\x99"sv, 1},
    {"e\xCC\x81\xCC\x82\xCC\x83!"sv, 2},
    {"\xCC\x81\xCC\x82"sv, 1},
    {"\n\xCC\x81"sv, 2},
    {"abcdefghijklmno\xCC\x81p"sv, 16},
    // Grüße; CJK; Cyrillic
    {"Gr\xC3\xBC\xC3\x9F\x65"sv, 5},
    {"\xE5\xAD\x97\xE6\x95\xB0"sv, 2},
    {"\xD0\x9F\xD1\x80\xD0\xB8"sv, 3},
    // emoji: a family of four, a dark thumb, a heart that asks for colour, a keycap, two faces
    {"\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D"
     "\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0\x9F\x91\xA6"sv,
     1},
    {"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBF"sv, 1},
    {"\xE2\x9D\xA4\xEF\xB8\x8F"sv, 1},
    {"1\xEF\xB8\x8F\xE2\x83\xA3"sv, 1},
    {"\xF0\x9F\x98\x80\xF0\x9F\x98\x80"sv, 2},
    // a joiner holds emoji together, but neither letters nor an emoji after a letter
    {"a\xE2\x80\x8D\x62"sv, 2},
    {"a\xE2\x80\x8D\xF0\x9F\x98\x80"sv, 2},
    {"\xF0\x9F\x98\x80\x61\xE2\x80\x8D\xF0\x9F\x98\x80"sv, 3},
    // flags: Indonesia; with Germany; three letters; parted by ASCII
    {"\xF0\x9F\x87\xAE\xF0\x9F\x87\xA9"sv, 1},
    {"\xF0\x9F\x87\xAE\xF0\x9F\x87\xA9\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA"sv, 2},
    {"\xF0\x9F\x87\xAE\xF0\x9F\x87\xA9\xF0\x9F\x87\xA9"sv, 2},
    {"\xF0\x9F\x87\xAE\x61\xF0\x9F\x87\xA9\xF0\x9F\x87\xA9"sv, 3},
    // Devanagari: ni; Hindi with an anusvara (with a virama it depends on Unicode's version)
    {"\xE0\xA4\xA8\xE0\xA4\xBF"sv, 1},
    {"\xE0\xA4\xB9\xE0\xA4\xBF\xE0\xA4\x82\xE0\xA4\xA6\xE0\xA5\x80"sv, 2},
    // Thai: sara am goes with its consonant; Hangul: jamo L V T, two of L V, a syllable and T
    {"\xE0\xB8\x99\xE0\xB9\x89\xE0\xB8\xB3"sv, 1},
    {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"sv, 1},
    {"\xE1\x84\x80\xE1\x85\xA1\xE1\x84\x80\xE1\x85\xA1"sv, 2},
    {"\xEA\xB0\x80\xE1\x86\xA8\xED\x95\x9C"sv, 2},
    // an Arabic number sign goes before what it holds, ASCII too, but no control character
    {"\xD8\x80\x31\x32"sv, 2},
    {"\xD8\x80\n"sv, 2},
};

GraphemeCounter counted(const Pieces& pieces) {
    GraphemeCounter counter;
    for (const std::string& piece : pieces) counter.feed(piece);
    counter.finish();
    return counter;
}

TEST_CASE("what a reader calls a character is one") {
    for (const Sample& sample : samples) {
        CAPTURE(hex(sample.text));
        CHECK(scan_graphemes(sample.text).graphemes == sample.graphemes);
        CHECK(scan_graphemes(sample.text).valid_bytes == sample.text.size());
        CHECK((scan_graphemes(sample.text).status == valid));
    }
}

TEST_CASE("a stream is counted as the whole, byte by byte and wherever it is cut") {
    for (const Sample& sample : samples) {
        for (const Pieces& pieces : split_at_every_offset(sample.text)) {
            CAPTURE(describe(pieces));
            const GraphemeCounter counter = counted(pieces);
            CHECK(counter.valid());
            CHECK(counter.graphemes() == sample.graphemes);
            CHECK(counter.error_offset() == sample.text.size());
        }
    }
}

TEST_CASE("any sample after any other is counted the same whole and byte by byte") {
    for (const Sample& first : samples) {
        for (const Sample& second : samples) {
            const std::string text = std::string(first.text) += second.text;
            CAPTURE(hex(text));
            CHECK(counted(charcount::test::byte_by_byte(text)).graphemes() ==
                  scan_graphemes(text).graphemes);
        }
    }
}

// utf8proc's own answer, without a short way for ASCII.
std::size_t count_plainly(const std::u32string& text) {
    std::size_t count = text.empty() ? 0 : 1;
    std::int32_t state = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const auto before = static_cast<std::int32_t>(text[i - 1]);
        const auto after = static_cast<std::int32_t>(text[i]);
        if (utf8proc_grapheme_break_stateful(before, after, &state)) ++count;
    }
    return count;
}

TEST_CASE("every ASCII character is judged as utf8proc does, whatever stands around it") {
    // nothing; an accent, a joiner, a spacing mark, a prefix, a regional indicator, an emoji,
    // jamo, a control character and a letter that are not ASCII
    const std::u32string around[] = {U"",           U"\u0301",     U"\u200D", U"\u0903", U"\u0600",
                                     U"\U0001F1E6", U"\U0001F600", U"\u1100", U"\u0085", U"\u00E9"};
    for (char32_t first = 0; first < 0x80; ++first) {
        for (const char32_t second : U"\r\na \x7F") {
            for (const std::u32string& before : around) {
                for (const std::u32string& after : around) {
                    const std::u32string text = before + first + second + after;
                    std::string bytes;
                    for (const char32_t c : text) bytes += charcount::test::encode(c);
                    if (scan_graphemes(bytes).graphemes != count_plainly(text))
                        FAIL("utf8proc counts otherwise: " << hex(bytes));
                }
            }
        }
    }
}

TEST_CASE("a cluster is counted when it begins, and once") {
    GraphemeCounter counter;
    counter.feed("e");
    CHECK(counter.graphemes() == 1);
    counter.feed("\xCC");
    CHECK(counter.graphemes() == 1);
    counter.feed("\x81");
    CHECK(counter.graphemes() == 1);
    counter.feed("\r");
    CHECK(counter.graphemes() == 2);
    counter.feed("");
    counter.feed("\n");
    CHECK(counter.graphemes() == 2);
}

TEST_CASE("a cluster has no longest length") {
    std::string text = "a";
    for (int i = 0; i < 10'000; ++i) text += "\xCC\x81";
    CHECK(scan_graphemes(text) == GraphemeScan{1, 20'001, valid});
}

// Millions of checks: doctest hears of the first failure only.
void check_errors(std::string_view bytes) {
    const Utf8Scan expected = scan_utf8(bytes);
    const GraphemeScan scan = scan_graphemes(bytes);
    bool same = scan.valid_bytes == expected.valid_bytes && scan.status == expected.status;
    same = same && scan.graphemes == scan_graphemes(bytes.substr(0, scan.valid_bytes)).graphemes;
    for (const Pieces& pieces : split_at_every_offset(bytes)) {
        const GraphemeCounter counter = counted(pieces);
        same = same && counter.valid() == (expected.status == valid);
        same = same && counter.error_offset() == expected.valid_bytes;
        same = same && counter.graphemes() == scan.graphemes;
    }
    if (!same) FAIL("the error is not where scan_utf8 has it: " << hex(bytes));
}

TEST_CASE("every string of one or two bytes has its error where scan_utf8 has it") {
    std::string two(2, '\0');
    for (int first = 0; first < 256; ++first) {
        two[0] = static_cast<char>(first);
        check_errors(two.substr(0, 1));
        for (int second = 0; second < 256; ++second) {
            two[1] = static_cast<char>(second);
            check_errors(two);
        }
    }
}

TEST_CASE("strings of three and four bytes on the edges have theirs where scan_utf8 has it") {
    for (const char a : "\x41\xC3\xE0\xE2\xED\xF0\xF3\xF4"sv) {
        for (const char b : edge_bytes) {
            for (const char c : edge_bytes) {
                check_errors(std::string{a, b, c});
                check_errors(std::string{a, b, c, '\x80'});
            }
        }
    }
}

TEST_CASE("an error is found in and after any text") {
    for (const Sample& sample : samples) {
        for (const std::string_view fault : {"\x80"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xF5"sv,
                                             "\xE2\x82"sv, "\xF0\x9F\x98"sv, "\xC3!"sv}) {
            const std::string text(sample.text);
            check_errors(text + std::string(fault));
            check_errors(text + std::string(fault) + text);
        }
    }
}

TEST_CASE("after an error a counter ignores what follows") {
    GraphemeCounter counter;
    counter.feed("ab\xFF\xC3");
    counter.feed("\xA9 more");
    counter.finish();
    CHECK_FALSE(counter.valid());
    CHECK(counter.error_offset() == 2);
    CHECK(counter.graphemes() == 2);
}

TEST_CASE("a counter that is reset forgets errors, counts, a cut sequence and the last cluster") {
    GraphemeCounter counter;
    counter.feed("ab\xFF");
    counter.reset();
    CHECK(counter.valid());
    CHECK(counter.graphemes() == 0);
    counter.feed("\xF0\x9F\x87\xAE\xC3");
    counter.reset();
    counter.feed("\xF0\x9F\x87\xA9");
    CHECK(counter.graphemes() == 1);
    counter.reset();
    counter.feed("\r");
    counter.reset();
    counter.feed("\n");
    counter.finish();
    CHECK(counter.valid());
    CHECK(counter.graphemes() == 1);
    CHECK(counter.error_offset() == 1);
}

TEST_CASE("the handler replies with the number of graphemes") {
    const GraphemeCountHandler handler;
    for (const Sample& sample : samples)
        CHECK(handler(sample.text) == std::to_string(sample.graphemes));
}

TEST_CASE("the handler says where a message is not UTF-8") {
    const GraphemeCountHandler handler;
    CHECK(handler("\x80") == "error: invalid UTF-8 at byte 0");
    CHECK(handler("e\xCC\x81\xED\xA0\x80") == "error: invalid UTF-8 at byte 3");
    CHECK(handler("abc\xF0\x9F\x98") == "error: invalid UTF-8 at byte 3");
}

TEST_CASE("one handler answers message after message in pieces, wherever they are cut") {
    GraphemeCountHandler handler;
    const GraphemeCountHandler whole;
    for (const Sample& sample : samples) {
        for (const std::string_view end : {""sv, "\xFF"sv, "\xE2\x82"sv}) {
            const std::string message = std::string(sample.text) += end;
            for (const Pieces& pieces : split_at_every_offset(message)) {
                CAPTURE(describe(pieces));
                for (const std::string& piece : pieces) handler.on_chunk(piece);
                CHECK(handler.on_end() == whole(message));
            }
        }
    }
    CHECK(handler.on_end() == "0");
}

TEST_CASE("a whole message does not disturb one that arrives in pieces") {
    GraphemeCountHandler handler;
    handler.on_chunk("ab\r");
    CHECK(handler("Halo") == "4");
    CHECK(handler("\xFF") == "error: invalid UTF-8 at byte 0");
    handler.on_chunk("\n");
    CHECK(handler.on_end() == "3");
}

TEST_CASE("a copy goes on by itself") {
    GraphemeCountHandler first;
    first.on_chunk("ae");
    GraphemeCountHandler second = first;
    first.on_chunk("\xFF");
    second.on_chunk("\xCC\x81");
    CHECK(first.on_end() == "error: invalid UTF-8 at byte 2");
    CHECK(second.on_end() == "2");
}

TEST_CASE("an error far into a stream is located from the stream's start") {
    GraphemeCountHandler handler;
    const std::string piece(65536, 'x');
    for (int i = 0; i < 100; ++i) handler.on_chunk(piece);
    handler.on_chunk("\xE2\x82");
    handler.on_chunk("!");
    CHECK(handler.on_end() == "error: invalid UTF-8 at byte 6553600");
}

}  // namespace
