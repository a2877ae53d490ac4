// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Texts of any length whose counts are known without any decoder.

#ifndef CHARCOUNT_TESTS_SUPPORT_SAMPLE_TEXTS_HPP
#define CHARCOUNT_TESTS_SUPPORT_SAMPLE_TEXTS_HPP

#include <charcount/utf8_scan.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace charcount::test {

/// A piece of text that is repeated, and its counts.
struct SampleText {
    std::string_view name;
    std::string_view piece;
    std::size_t code_points;
    std::size_t utf16_units;
};

inline constexpr SampleText sample_texts[] = {
    {"ASCII", "Hello, world. ", 14, 14},
    {"Indonesian", "Apa kabar\xE2\x80\x94 baik sekali! ", 24, 24},
    {"German",
     "Sch\xC3\xB6ne Gr\xC3\xBC\xC3\x9F"
     "e ",
     13, 13},
    {"Cyrillic", "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82 ", 7, 7},
    {"CJK", "\xE5\xAD\x97\xE6\x95\xB0\xE3\x82\x92", 3, 3},
    {"Thai", "\xE0\xB8\xAA\xE0\xB8\xA7\xE0\xB8\xB1", 3, 3},
    {"Hangul", "\xED\x95\x9C\xEA\xB8\x80\xED\x9E\xA3", 3, 3},
    {"emoji", "\xF0\x9F\x98\x80\xF0\x9F\x91\xA8", 2, 4},
    {"mixed", "a\xC3\xA9\xE5\xAD\x97\xF0\x9F\x98\x80, \xF4\x8F\xBF\xBF\xEF\xBF\xBF.", 9, 11},
};

/// As many whole pieces as fit into `size` bytes, then "~" up to it.
[[nodiscard]] inline std::string make_text(const SampleText& sample, std::size_t size) {
    std::string text;
    while (text.size() + sample.piece.size() <= size) text += sample.piece;
    text.resize(size, '~');
    return text;
}

/// What is to be counted in `make_text`.
[[nodiscard]] inline Utf8Scan counts_of(const SampleText& sample, std::size_t size) {
    const std::size_t pieces = size / sample.piece.size();
    const std::size_t rest = size % sample.piece.size();
    return {pieces * sample.code_points + rest, pieces * sample.utf16_units + rest, size,
            Utf8Status::valid};
}

}  // namespace charcount::test

#endif
