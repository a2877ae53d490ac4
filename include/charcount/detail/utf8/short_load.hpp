// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Looks at a few bytes at once, and never at one beyond those that are there.

#ifndef CHARCOUNT_DETAIL_UTF8_SHORT_LOAD_HPP
#define CHARCOUNT_DETAIL_UTF8_SHORT_LOAD_HPP

#include <charcount/detail/utf8/platform.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace charcount::detail::utf8 {

template <class Word>
[[nodiscard]] inline Word load_word(const char* bytes) noexcept {
    Word word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

#if defined(CHARCOUNT_UTF8_X86)

inline constexpr std::size_t max_short_size = 64;

/// Whether the first and the last word are ASCII; they may overlap.
template <class Word>
[[nodiscard]] inline bool are_ends_ascii(const char* first, const char* end) noexcept {
    constexpr Word high_bits = std::numeric_limits<Word>::max() / 0xFF * 0x80;
    const Word both = load_word<Word>(first) | load_word<Word>(end - sizeof(Word));
    return (both & high_bits) == 0;
}

/// Whether all of at most `max_short_size` bytes are ASCII. Words that overlap cover any number:
///
///     bytes   S e l a m a t
///     first  [S e l a]
///     last         [a m a t]
[[nodiscard]] inline bool is_short_ascii(std::string_view bytes) noexcept {
    using Chars [[gnu::vector_size(16)]] = char;  // in what each x86-64 has
    const char* const first = bytes.data();
    const char* const end = first + bytes.size();
    if (bytes.size() >= 16) {
        Chars any = load_word<Chars>(end - 16);
        for (const char* now = first; now < end - 16; now += 16) any |= load_word<Chars>(now);
        return __builtin_ia32_pmovmskb128(any) == 0;
    }
    if (bytes.size() >= 8) return are_ends_ascii<std::uint64_t>(first, end);
    if (bytes.size() >= 4) return are_ends_ascii<std::uint32_t>(first, end);
    if (bytes.empty()) return true;
    const int all = first[0] | first[bytes.size() / 2] | end[-1];
    return (all & 0x80) == 0;
}

/// Whether the bytes are few, and ASCII, which takes less than to call a kernel.
[[nodiscard]] inline bool is_ascii_at_a_glance(std::string_view bytes) noexcept {
    return bytes.size() <= max_short_size && is_short_ascii(bytes);
}

#else

/// Here a kernel is as quick.
[[nodiscard]] inline bool is_ascii_at_a_glance(std::string_view) noexcept {
    return false;
}

#endif

/// 16 bytes in two words, the first byte lowest.
struct TwoWords {
    std::uint64_t low;
    std::uint64_t high;
};

[[nodiscard]] inline TwoWords load_two_words(const char* bytes) noexcept {
    return {load_word<std::uint64_t>(bytes), load_word<std::uint64_t>(bytes + 8)};
}

/// At most 16 bytes, and zeros behind them. For little-endian machines.
[[nodiscard]] inline TwoWords load_short(const char* bytes, std::size_t size) noexcept {
    const char* const end = bytes + size;
    if (size > 8)
        return {load_word<std::uint64_t>(bytes),
                load_word<std::uint64_t>(end - 8) >> (8 * (16 - size))};
    if (size >= 4) {
        const std::uint64_t low = load_word<std::uint32_t>(bytes);
        const std::uint64_t high = load_word<std::uint32_t>(end - 4);
        return {low | high << (8 * (size - 4)), 0};
    }
    if (size == 0) return {0, 0};
    const auto at = [bytes](std::size_t i) {
        return std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    };
    return {at(0) | at(size / 2) | at(size - 1), 0};
}

/// Whether a sequence goes on at `bytes`, by the three bytes before.
[[nodiscard]] inline bool is_open_before(const char* bytes) noexcept {
    const auto at = [bytes](int i) { return static_cast<unsigned char>(bytes[i]); };
    return at(-1) >= 0xC0 || at(-2) >= 0xE0 || at(-3) >= 0xF0;
}

/// How many bytes to take first, so that the loads of what follows are aligned; three at least.
template <std::size_t Width>
[[nodiscard]] inline std::size_t head_size(const char* bytes) noexcept {
    const std::size_t distance = Width - reinterpret_cast<std::uintptr_t>(bytes) % Width;
    return distance < 3 ? Width : distance;
}

}  // namespace charcount::detail::utf8

#endif
