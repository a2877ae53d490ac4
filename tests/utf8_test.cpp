// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of UTF-8 validation and counting against two references: a tree of the encodings of all
// code points, and results of Python's decoder. The kernels have tests of their own.

#include <doctest/doctest.h>

#include <charcount/utf8.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <support/encoding_tree.hpp>

namespace {

using charcount::incomplete_suffix;
using charcount::scan_utf8;
using charcount::Utf8Counter;
using charcount::Utf8Scan;
using charcount::Utf8Status;
using enum charcount::Utf8Status;
using charcount::test::edge_bytes;
using charcount::test::encode;
using charcount::test::encoding_tree;
using charcount::test::hex;
using charcount::test::is_surrogate;
using namespace std::string_view_literals;

// Millions of strings: doctest hears of the first failure only.
void check_scan(std::string_view bytes) {
    if (scan_utf8(bytes) == encoding_tree().scan(bytes)) return;
    FAIL("scan_utf8 differs from the reference for " << hex(bytes));
}

void check_suffix(std::string_view bytes) {
    if (incomplete_suffix(bytes) == encoding_tree().incomplete_suffix(bytes)) return;
    FAIL("incomplete_suffix differs from the reference for " << hex(bytes));
}

struct Sample {
    std::string_view bytes;
    Utf8Scan expected;
};

// From Python 3.11: len(text), len(text.encode("utf-16-le")) // 2 and the length of the longest
// prefix that bytes.decode() takes, which for an error is UnicodeDecodeError.start; a string is
// incomplete if it would decode with some bytes appended.
constexpr Sample python_samples[] = {
    // well-formed: ASCII, accents, CJK, a family of four, the ends of ranges, a byte order mark
    {""sv, {0, 0, 0, valid}},
    {"\x00"sv, {1, 1, 1, valid}},
    {"Halo"sv, {4, 4, 4, valid}},
    {"Gr\xC3\xBC\xC3\x9F\x65"sv, {5, 5, 7, valid}},
    {"\xE5\xAD\x97\xE6\x95\xB0"sv, {2, 2, 6, valid}},
    {"\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D"
     "\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0\x9F\x91\xA6"sv,
     {7, 11, 25, valid}},
    {"e\xCC\x81"sv, {2, 2, 3, valid}},
    {"\xF4\x8F\xBF\xBF"sv, {1, 2, 4, valid}},
    {"\xEF\xBF\xBE"sv, {1, 1, 3, valid}},
    {"\xEF\xBB\xBF\x61"sv, {2, 2, 4, valid}},
    {"\xED\x9F\xBF"sv, {1, 1, 3, valid}},
    {"\xEE\x80\x80"sv, {1, 1, 3, valid}},
    // ill-formed: lone continuations, overlong forms, surrogates, beyond U+10FFFF, never a lead
    {"a\x80"sv, {1, 1, 1, invalid}},
    {"\xBF\xBF"sv, {0, 0, 0, invalid}},
    {"\xC0\x80"sv, {0, 0, 0, invalid}},
    {"ab\xC1\xAF"sv, {2, 2, 2, invalid}},
    {"\xE0\x9F\xBF"sv, {0, 0, 0, invalid}},
    {"\xF0\x8F\xBF\xBF"sv, {0, 0, 0, invalid}},
    {"\xED\xA0\x80"sv, {0, 0, 0, invalid}},
    {"x\xED\xA0\xBD\xED\xB8\x80"sv, {1, 1, 1, invalid}},
    {"\xF4\x90\x80\x80"sv, {0, 0, 0, invalid}},
    {"\xF5\x80\x80\x80"sv, {0, 0, 0, invalid}},
    {"abc\xF8\x88\x80\x80\x80"sv, {3, 3, 3, invalid}},
    {"\xFE"sv, {0, 0, 0, invalid}},
    {"12345678\xFF"sv, {8, 8, 8, invalid}},
    // cut off at the end, and beginnings that no byte completes
    {"a\xC3"sv, {1, 1, 1, incomplete}},
    {"\xE2\x82"sv, {0, 0, 0, incomplete}},
    {"abcdefgh\xF0\x9F\x98"sv, {8, 8, 8, incomplete}},
    {"\xE0"sv, {0, 0, 0, incomplete}},
    {"\xE0\x80"sv, {0, 0, 0, invalid}},
    {"\xED\xA0"sv, {0, 0, 0, invalid}},
    {"\xF4\x90"sv, {0, 0, 0, invalid}},
    // cut off inside, and other encodings
    {"\xE2\x82\x41"sv, {0, 0, 0, invalid}},
    {"\xC3\xA9\xF0\x9F\x98\x41"sv, {1, 1, 2, invalid}},
    {"\xE2\x82\xE2\x82\xAC"sv, {0, 0, 0, invalid}},
    {"Gr\xFC\xDF\x65"sv, {2, 2, 2, invalid}},
    {"\xFF\xFEH\x00\x61\x00"sv, {0, 0, 0, invalid}},
    {"Halo dunia\xF0\x9F\x98\x80\xF0\x9F\x98\xFF"sv, {11, 12, 14, invalid}},
};

TEST_CASE("the reference knows as many encodings as Unicode has scalar values") {
    std::size_t leaves = 0;
    for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        if (encoding_tree().scan(encode(code_point)).status == valid) ++leaves;
    }
    CHECK(leaves == 1'112'064);
}

TEST_CASE("strings are judged and counted as Python does") {
    for (const Sample& sample : python_samples) {
        CAPTURE(hex(sample.bytes));
        CHECK(scan_utf8(sample.bytes).code_points == sample.expected.code_points);
        CHECK(scan_utf8(sample.bytes).utf16_units == sample.expected.utf16_units);
        CHECK(scan_utf8(sample.bytes).valid_bytes == sample.expected.valid_bytes);
        CHECK((scan_utf8(sample.bytes).status == sample.expected.status));
    }
}

TEST_CASE("the compiler counts as the program does") {
    static_assert(scan_utf8("Halo dunia, apa kabar?") == Utf8Scan{22, 22, 22, valid});
    static_assert(scan_utf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") == Utf8Scan{4, 5, 10, valid});
    static_assert(scan_utf8("ab\xED\xA0\x80") == Utf8Scan{2, 2, 2, invalid});
    static_assert(scan_utf8("abc\xF0\x9F") == Utf8Scan{3, 3, 3, incomplete});
    static_assert(incomplete_suffix("abc\xF0\x9F") == 2);

    constexpr bool all_agree = [] {
        for (const Sample& sample : python_samples) {
            if (scan_utf8(sample.bytes) != sample.expected) return false;
        }
        return true;
    }();
    static_assert(all_agree);

    constexpr Utf8Counter counted = [] {
        Utf8Counter counter;
        counter.feed("a\xF0\x9F");
        counter.feed("\x98\x80\xC3");
        counter.finish();
        return counter;
    }();
    static_assert(!counted.valid() && counted.error_offset() == 5);
    static_assert(counted.code_points() == 2 && counted.utf16_units() == 3);
}

TEST_CASE("nothing in the header throws") {
    constexpr std::string_view text;  // to make one of a literal may throw in libc++
    static_assert(noexcept(scan_utf8(text))&& noexcept(incomplete_suffix(text)));
    Utf8Counter counter;
    static_assert(noexcept(counter.feed(text))&& noexcept(counter.finish()));
    static_assert(noexcept(counter.reset())&& noexcept(counter.valid()));
}

TEST_CASE("every code point but the surrogates is one character") {
    for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        const std::string bytes = encode(code_point);
        const std::size_t units = code_point > 0xFFFF ? 2 : 1;
        const Utf8Scan expected = is_surrogate(code_point) ? Utf8Scan{0, 0, 0, invalid}
                                                           : Utf8Scan{1, units, bytes.size()};
        if (scan_utf8(bytes) != expected) FAIL("wrong for " << hex(bytes));
    }
}

TEST_CASE("all code points in one string are counted") {
    std::string text;
    for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
        if (!is_surrogate(code_point)) text += encode(code_point);
    }
    CHECK(scan_utf8(text) == Utf8Scan{1'112'064, 1'112'064 + 0x100000, text.size()});
}

TEST_CASE("every string of one or two bytes is judged as the reference does") {
    std::string one(1, '\0');
    std::string two(2, '\0');
    for (int first = 0; first < 256; ++first) {
        one[0] = two[0] = static_cast<char>(first);
        check_scan(one);
        check_suffix(one);
        for (int second = 0; second < 256; ++second) {
            two[1] = static_cast<char>(second);
            check_scan(two);
            check_suffix(two);
        }
    }
}

TEST_CASE("every string of three bytes is judged as the reference does") {
    std::string bytes(3, '\0');
    for (std::uint32_t value = 0; value < 0x1000000; ++value) {
        bytes[0] = static_cast<char>(value >> 16);
        bytes[1] = static_cast<char>(value >> 8);
        bytes[2] = static_cast<char>(value);
        check_scan(bytes);
    }
}

TEST_CASE("strings of four and five bytes on the edges are judged as the reference does") {
    std::string four(4, '\0');
    for (const char a : edge_bytes) {
        for (const char b : edge_bytes) {
            for (const char c : edge_bytes) {
                for (const char d : edge_bytes) {
                    four = {a, b, c, d};
                    check_scan(four);
                    check_suffix(four);
                }
            }
        }
    }
    for (const char a : "\xED\xF0\xF4"sv) {
        for (const char b : edge_bytes) {
            for (const char e : edge_bytes) check_scan(std::string{a, b, '\x80', '\xBF', e});
        }
    }
}

TEST_CASE("a fault is found at every offset around the blocks that are scanned at once") {
    constexpr std::string_view faults[] = {"\xC3\xA9"sv, "\xF0\x9F\x98\x80"sv, "\x80"sv,
                                           "\xC0\x80"sv, "\xE2\x82"sv,         "\xFF"sv};
    for (const std::string_view fault : faults) {
        for (std::size_t size = 0; size <= 40; ++size) {
            for (std::size_t offset = 0; offset <= size; ++offset) {
                const std::string bytes = std::string(size, '~').insert(offset, fault);
                check_scan(bytes);
                check_scan(std::string_view{bytes}.substr(offset < 3 ? offset : 3));
            }
        }
    }
}

TEST_CASE("two faults are reported as the first") {
    std::string bytes(32, 'a');
    bytes[13] = '\xFF';
    for (std::size_t second = 14; second < bytes.size(); ++second) {
        std::string both = bytes;
        both[second] = '\x80';
        CHECK(scan_utf8(both) == Utf8Scan{13, 13, 13, invalid});
    }
}

void check_counter(const Utf8Counter& counter, const Utf8Scan& expected) {
    CHECK(counter.code_points() == expected.code_points);
    CHECK(counter.utf16_units() == expected.utf16_units);
    CHECK(counter.error_offset() == expected.valid_bytes);
}

TEST_CASE("a stream in two or three pieces is counted as the whole, wherever it is cut") {
    for (const Sample& sample : python_samples) {
        const std::string_view bytes = sample.bytes;
        CAPTURE(hex(bytes));
        for (std::size_t first = 0; first <= bytes.size(); ++first) {
            for (std::size_t second = first; second <= bytes.size(); ++second) {
                Utf8Counter counter;
                counter.feed(bytes.substr(0, first));
                counter.feed(bytes.substr(first, second - first));
                counter.feed(bytes.substr(second));
                CHECK(counter.valid() == (sample.expected.status != invalid));
                check_counter(counter, sample.expected);

                counter.finish();
                CHECK(counter.valid() == (sample.expected.status == valid));
                check_counter(counter, sample.expected);
            }
        }
    }
}

TEST_CASE("a stream byte by byte is counted as the whole") {
    for (const Sample& sample : python_samples) {
        CAPTURE(hex(sample.bytes));
        Utf8Counter counter;
        for (std::size_t i = 0; i < sample.bytes.size(); ++i) {
            counter.feed(sample.bytes.substr(i, 1));
            counter.feed("");
        }
        counter.finish();
        CHECK(counter.valid() == (sample.expected.status == valid));
        check_counter(counter, sample.expected);
    }
}

TEST_CASE("a cut sequence that stays broken is an error at its first byte, however it goes on") {
    Utf8Counter counter;
    counter.feed("abc\xF0\x9F");
    CHECK(counter.valid());
    counter.feed("\x98");
    CHECK(counter.valid());
    counter.feed("d");
    CHECK_FALSE(counter.valid());
    CHECK(counter.error_offset() == 3);
}

TEST_CASE("after an error a counter ignores what follows") {
    Utf8Counter counter;
    counter.feed("ab\xFF\xC3");
    counter.feed("\xA9 more");
    counter.finish();
    CHECK_FALSE(counter.valid());
    CHECK(counter.error_offset() == 2);
    CHECK(counter.code_points() == 2);

    Utf8Counter cut;
    cut.feed("ab\xC3");
    cut.finish();
    cut.feed("\xA9 more");
    CHECK_FALSE(cut.valid());
    CHECK(cut.error_offset() == 2);
    CHECK(cut.code_points() == 2);
}

TEST_CASE("a counter that is reset forgets errors, counts and a cut sequence") {
    Utf8Counter counter;
    counter.feed("ab\xFF");
    counter.reset();
    counter.feed("abc\xC3");
    counter.reset();
    counter.feed("\xC3\xA9");
    counter.finish();
    CHECK(counter.valid());
    CHECK(counter.code_points() == 1);
    CHECK(counter.error_offset() == 2);
}

TEST_CASE("a suffix is incomplete only while some bytes could complete it") {
    CHECK(incomplete_suffix("") == 0);
    CHECK(incomplete_suffix("abc") == 0);
    CHECK(incomplete_suffix("abc\xC3") == 1);
    CHECK(incomplete_suffix("abc\xC3\xA9") == 0);
    CHECK(incomplete_suffix("abc\xE2") == 1);
    CHECK(incomplete_suffix("abc\xE2\x82") == 2);
    CHECK(incomplete_suffix("abc\xE2\x82\xAC") == 0);
    CHECK(incomplete_suffix("abc\xF0") == 1);
    CHECK(incomplete_suffix("abc\xF0\x9F") == 2);
    CHECK(incomplete_suffix("abc\xF0\x9F\x98") == 3);
    CHECK(incomplete_suffix("abc\xF0\x9F\x98\x80") == 0);
    CHECK(incomplete_suffix("abc\xC0") == 0);
    CHECK(incomplete_suffix("abc\xE0\x80") == 0);
    CHECK(incomplete_suffix("abc\xED\xA0") == 0);
    CHECK(incomplete_suffix("abc\xF4\x90\x80") == 0);
    CHECK(incomplete_suffix("abc\xF5\x80") == 0);
    CHECK(incomplete_suffix("\x80\x80\x80") == 0);
    CHECK(incomplete_suffix("\xFF\xE2\x82") == 2);
}

TEST_CASE("of an incomplete string the suffix is what follows the valid prefix") {
    for (const Sample& sample : python_samples) {
        CAPTURE(hex(sample.bytes));
        if (sample.expected.status == invalid) continue;
        CHECK(incomplete_suffix(sample.bytes) == sample.bytes.size() - sample.expected.valid_bytes);
    }
}

}  // namespace
