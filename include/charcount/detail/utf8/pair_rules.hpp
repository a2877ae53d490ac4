// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What is wrong with two bytes that follow each other, and the tables that tell it.

#ifndef CHARCOUNT_DETAIL_UTF8_PAIR_RULES_HPP
#define CHARCOUNT_DETAIL_UTF8_PAIR_RULES_HPP

#include <array>
#include <cstddef>

namespace charcount::detail::utf8 {

/// Bytes from the first to the last, both included.
struct ByteRange {
    unsigned first;
    unsigned last;
};

/// Two bytes are wrong together when each is in one of its two ranges.
struct PairRule {
    unsigned char bit;
    ByteRange first[2];
    ByteRange second[2];
};

inline constexpr ByteRange none = {1, 0};

/// Set where a continuation follows another: right if, and only if, a lead two or three bytes
/// before announced it.
inline constexpr unsigned char two_continuations = 0x80;

inline constexpr PairRule pair_rules[] = {
    // ASCII, then a continuation; a lead, then none
    {0x01, {{0x00, 0x7F}, none}, {{0x80, 0xBF}, none}},
    {0x02, {{0xC0, 0xFF}, none}, {{0x00, 0x7F}, {0xC0, 0xFF}}},
    // overlong forms of two, three and four bytes; the last rule also has what can never lead
    {0x04, {{0xC0, 0xC1}, none}, {{0x80, 0xBF}, none}},
    {0x08, {{0xE0, 0xE0}, none}, {{0x80, 0x9F}, none}},
    {0x10, {{0xF0, 0xF0}, {0xF5, 0xFF}}, {{0x80, 0x8F}, none}},
    // surrogates; beyond U+10FFFF
    {0x20, {{0xED, 0xED}, none}, {{0xA0, 0xBF}, none}},
    {0x40, {{0xF4, 0xFF}, none}, {{0x90, 0xBF}, none}},
    {two_continuations, {{0x80, 0xBF}, none}, {{0x80, 0xBF}, none}},
};

/// Which bits of a byte choose the entry of a table: the highest, or the lowest.
enum class IndexBits { top, bottom };

template <std::size_t Entries, IndexBits bits>
[[nodiscard]] constexpr std::size_t index_of(unsigned byte) noexcept {
    return bits == IndexBits::top ? byte * Entries / 0x100 : byte % Entries;
}

/// An entry has the bits of all rules that one of its bytes is in, as a first byte or as a second.
/// Evaluated once for all kernels: a compiler takes 50 ms for each evaluation.
template <std::size_t Entries, IndexBits bits, ByteRange const (PairRule::*ranges)[2]>
inline constexpr std::array<unsigned char, Entries> pair_entries = [] {
    std::array<unsigned char, Entries> table{};
    for (const PairRule& rule : pair_rules)
        for (const ByteRange& range : rule.*ranges)
            for (unsigned byte = range.first; byte <= range.last; ++byte)
                table[index_of<Entries, bits>(byte)] |= rule.bit;
    return table;
}();

/// 1 for a continuation, 16 for the lead of four bytes.
template <std::size_t Entries>
inline constexpr std::array<unsigned char, Entries> weight_entries = [] {
    std::array<unsigned char, Entries> table{};
    for (unsigned byte = 0x80; byte < 0xC0; ++byte)
        table[index_of<Entries, IndexBits::top>(byte)] = 1;
    for (unsigned byte = 0xF0; byte < 0x100; ++byte)
        table[index_of<Entries, IndexBits::top>(byte)] = 16;
    return table;
}();

/// A table as often as it fits.
template <std::size_t Size, std::size_t Entries>
[[nodiscard]] constexpr std::array<unsigned char, Size> repeated(
    const std::array<unsigned char, Entries>& table) noexcept {
    std::array<unsigned char, Size> all{};
    for (std::size_t i = 0; i < Size; ++i) all[i] = table[i % Entries];
    return all;
}

template <std::size_t Size>
[[nodiscard]] constexpr std::array<unsigned char, Size> filled_table(unsigned char value) noexcept {
    std::array<unsigned char, Size> table{};
    table.fill(value);
    return table;
}

/// Zeros, ones, zeros: what is loaded from it has as many ones in front or behind as is wanted.
template <std::size_t Width>
[[nodiscard]] constexpr std::array<unsigned char, 3 * Width> sliding_mask_table() noexcept {
    std::array<unsigned char, 3 * Width> table{};
    for (std::size_t i = Width; i < 2 * Width; ++i) table[i] = 0xFF;
    return table;
}

}  // namespace charcount::detail::utf8

#endif
