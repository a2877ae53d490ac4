// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The kernel for AVX2.

#ifndef CHARCOUNT_DETAIL_UTF8_AVX2_HPP
#define CHARCOUNT_DETAIL_UTF8_AVX2_HPP

#include <charcount/detail/utf8/platform.hpp>

#if defined(CHARCOUNT_UTF8_X86)

#include <array>
#include <charcount/detail/utf8/pair_rules.hpp>
#include <charcount/detail/utf8/scalar.hpp>
#include <charcount/detail/utf8/short_load.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace charcount::detail::utf8::avx2 {

#define CHARCOUNT_UTF8_TARGET [[gnu::target("avx2,popcnt")]]
#define CHARCOUNT_UTF8_KERNEL CHARCOUNT_UTF8_TARGET [[gnu::always_inline]] inline
#define CHARCOUNT_UTF8_KEEP(bytes) asm("" : "+x"(bytes))

using Bytes [[gnu::vector_size(32)]] = unsigned char;
using Chars [[gnu::vector_size(32)]] = char;
using Quads [[gnu::vector_size(32)]] = long long;
using Sums [[gnu::vector_size(32)]] = std::uint64_t;

/// No more bytes than a register holds, and zeros behind them.
CHARCOUNT_UTF8_KERNEL Bytes load_part(const char* bytes, std::size_t size) noexcept {
    const bool is_half_full = size >= 16;
    const TwoWords first = is_half_full ? load_two_words(bytes) : load_short(bytes, size);
    const TwoWords second = is_half_full ? load_short(bytes + 16, size - 16) : TwoWords{};
    return reinterpret_cast<Bytes>(Sums{first.low, first.high, second.low, second.high});
}

template <std::size_t Distance, std::size_t... I>
CHARCOUNT_UTF8_KERNEL Bytes moved(Bytes bytes, std::index_sequence<I...>) noexcept {
    return __builtin_shufflevector(Bytes{}, bytes, (32 - Distance + I)...);
}

/// The bytes `Distance` places further on, behind zeros.
template <std::size_t Distance>
CHARCOUNT_UTF8_KERNEL Bytes moved(Bytes bytes) noexcept {
    return moved<Distance>(bytes, std::make_index_sequence<32>());
}

inline constexpr std::size_t entries = 16;

CHARCOUNT_UTF8_KERNEL Bytes tops_of(Bytes bytes) noexcept {
    return bytes >> 4;
}
CHARCOUNT_UTF8_KERNEL Bytes bottoms_of(Bytes bytes) noexcept {
    return bytes & 0x0F;
}

/// The entries of a table of 16 at these indices, 0 to 15.
CHARCOUNT_UTF8_KERNEL Bytes look_up(Bytes table, Bytes indices) noexcept {
    return reinterpret_cast<Bytes>(
        __builtin_ia32_pshufb256(reinterpret_cast<Chars>(table), reinterpret_cast<Chars>(indices)));
}

CHARCOUNT_UTF8_KERNEL Bytes minus_saturated(Bytes a, Bytes b) noexcept {
#if __has_builtin(__builtin_elementwise_sub_sat)
    return __builtin_elementwise_sub_sat(a, b);
#else
    return reinterpret_cast<Bytes>(
        __builtin_ia32_psubusb256(reinterpret_cast<Chars>(a), reinterpret_cast<Chars>(b)));
#endif
}

CHARCOUNT_UTF8_KERNEL bool has_high_bit(Bytes bytes) noexcept {
    return __builtin_ia32_pmovmskb256(reinterpret_cast<Chars>(bytes)) != 0;
}

CHARCOUNT_UTF8_KERNEL bool is_zero(Bytes bytes) noexcept {
    return __builtin_ia32_ptestz256(reinterpret_cast<Quads>(bytes),
                                    reinterpret_cast<Quads>(bytes)) != 0;
}

CHARCOUNT_UTF8_KERNEL Sums sums_of(Bytes bytes) noexcept {
    return reinterpret_cast<Sums>(
        __builtin_ia32_psadbw256(reinterpret_cast<Chars>(bytes), Chars{}));
}

CHARCOUNT_UTF8_KERNEL std::size_t total_of(Sums sums) noexcept {
    return sums[0] + sums[1] + sums[2] + sums[3];
}

/// How many bytes are all ones; the others are zero.
CHARCOUNT_UTF8_KERNEL std::size_t count_of(Chars truths) noexcept {
    return static_cast<std::size_t>(
        __builtin_popcount(static_cast<unsigned>(__builtin_ia32_pmovmskb256(truths))));
}

/// Adds what is counted in one register.
CHARCOUNT_UTF8_KERNEL void count(Bytes bytes, Progress& done) noexcept {
    done.continuations +=
        count_of(reinterpret_cast<Chars>(reinterpret_cast<Chars>(bytes) < static_cast<char>(0xC0)));
    done.four_byte_leads += count_of(reinterpret_cast<Chars>(bytes >= 0xF0));
}

#include <charcount/detail/utf8/lookup.ipp>

#undef CHARCOUNT_UTF8_KEEP
#undef CHARCOUNT_UTF8_KERNEL
#undef CHARCOUNT_UTF8_TARGET

}  // namespace charcount::detail::utf8::avx2

#endif  // CHARCOUNT_UTF8_X86

#endif
