// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What is wrong with two bytes that follow each other, as three tables of 16 entries.

#ifndef CHARCOUNT_DETAIL_UTF8_PAIR_RULES_HPP
#define CHARCOUNT_DETAIL_UTF8_PAIR_RULES_HPP

#include <array>
#include <cstddef>

namespace charcount::detail::utf8 {

/// A set of nibbles: bit n stands for n.
using NibbleSet = unsigned;

/// The nibbles from `first` to `last`.
[[nodiscard]] constexpr NibbleSet nibbles(unsigned first, unsigned last) noexcept {
    return (2u << last) - (1u << first);
}

/// Two bytes are wrong together when all three of their nibbles are in these sets.
struct PairRule {
    unsigned char bit;
    NibbleSet first_high;
    NibbleSet first_low;
    NibbleSet second_high;
};

inline constexpr NibbleSet any_nibble = nibbles(0x0, 0xF);
inline constexpr NibbleSet continuation_nibbles = nibbles(0x8, 0xB);

/// Set where a continuation follows another: right if, and only if, a lead two or three bytes
/// before announced it.
inline constexpr unsigned char two_continuations = 0x80;

inline constexpr PairRule pair_rules[] = {
    // ASCII, then a continuation
    {0x01, nibbles(0x0, 0x7), any_nibble, continuation_nibbles},
    // a lead, then none
    {0x02, nibbles(0xC, 0xF), any_nibble, any_nibble & ~continuation_nibbles},
    // overlong forms: C0 and C1; E0 80 to E0 9F; F0 80 to F0 8F. With the last, F5 to FF
    {0x04, nibbles(0xC, 0xC), nibbles(0x0, 0x1), continuation_nibbles},
    {0x08, nibbles(0xE, 0xE), nibbles(0x0, 0x0), nibbles(0x8, 0x9)},
    {0x10, nibbles(0xF, 0xF), nibbles(0x0, 0x0) | nibbles(0x5, 0xF), nibbles(0x8, 0x8)},
    // surrogates: ED A0 to ED BF
    {0x20, nibbles(0xE, 0xE), nibbles(0xD, 0xD), nibbles(0xA, 0xB)},
    // beyond U+10FFFF: F4 90 and more
    {0x40, nibbles(0xF, 0xF), nibbles(0x4, 0xF), nibbles(0x9, 0xB)},
    {two_continuations, continuation_nibbles, any_nibble, continuation_nibbles},
};

/// For each nibble the bits of the rules that have it in the set `Set`, again in each 16 bytes.
template <std::size_t Size, NibbleSet PairRule::*Set>
[[nodiscard]] constexpr std::array<unsigned char, Size> pair_table() noexcept {
    std::array<unsigned char, Size> table{};
    for (std::size_t i = 0; i < Size; ++i) {
        for (const PairRule& rule : pair_rules) {
            if ((rule.*Set >> i % 16 & 1) != 0)
                table[i] = static_cast<unsigned char>(table[i] | rule.bit);
        }
    }
    return table;
}

/// For each high nibble: 1 for a continuation, 16 for the lead of four bytes.
template <std::size_t Size>
[[nodiscard]] constexpr std::array<unsigned char, Size> weight_table() noexcept {
    std::array<unsigned char, Size> table{};
    for (std::size_t i = 0; i < Size; ++i) {
        if ((continuation_nibbles >> i % 16 & 1) != 0) table[i] = 1;
        if (i % 16 == 0xF) table[i] = 16;
    }
    return table;
}

/// The greatest byte that can stand in each place of the last register of a text.
template <std::size_t Size>
[[nodiscard]] constexpr std::array<unsigned char, Size> last_bytes_table() noexcept {
    std::array<unsigned char, Size> table{};
    table.fill(0xFF);
    table[Size - 3] = 0xEF;
    table[Size - 2] = 0xDF;
    table[Size - 1] = 0xBF;
    return table;
}

}  // namespace charcount::detail::utf8

#endif
