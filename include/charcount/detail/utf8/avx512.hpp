// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The kernel for AVX-512 with VBMI: 64 bytes at a time, in tables of 64 entries.

#ifndef CHARCOUNT_DETAIL_UTF8_AVX512_HPP
#define CHARCOUNT_DETAIL_UTF8_AVX512_HPP

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

namespace charcount::detail::utf8::avx512 {

#define CHARCOUNT_UTF8_TARGET [[gnu::target("avx512bw,avx512vbmi,bmi2,popcnt")]]
#define CHARCOUNT_UTF8_KERNEL CHARCOUNT_UTF8_TARGET [[gnu::always_inline]] inline
#define CHARCOUNT_UTF8_KEEP(bytes) asm("" : "+v"(bytes))

using Bytes [[gnu::vector_size(64)]] = unsigned char;
using Chars [[gnu::vector_size(64)]] = char;
using Pairs [[gnu::vector_size(64)]] = unsigned short;
using Sums [[gnu::vector_size(64)]] = std::uint64_t;
using Mask = std::uint64_t;  ///< a bit for each byte, the first one's lowest

/// No more bytes than a register holds, and zeros behind them; these are not read.
CHARCOUNT_UTF8_KERNEL Bytes load_part(const char* bytes, std::size_t size) noexcept {
    const Mask mask = __builtin_ia32_bzhi_di(~Mask{}, size);
#ifdef __clang__
    return reinterpret_cast<Bytes>(
        __builtin_ia32_loaddquqi512_mask(reinterpret_cast<const Chars*>(bytes), Chars{}, mask));
#else
    return reinterpret_cast<Bytes>(__builtin_ia32_loaddquqi512_mask(bytes, Chars{}, mask));
#endif
}

/// The entries of a table of 64 at the indices that the lowest six bits give.
CHARCOUNT_UTF8_KERNEL Bytes look_up(Bytes table, Bytes indices) noexcept {
#ifdef __clang__
    return reinterpret_cast<Bytes>(__builtin_ia32_permvarqi512(reinterpret_cast<Chars>(table),
                                                               reinterpret_cast<Chars>(indices)));
#else
    return reinterpret_cast<Bytes>(__builtin_ia32_permvarqi512_mask(
        reinterpret_cast<Chars>(table), reinterpret_cast<Chars>(indices), Chars{}, ~Mask{}));
#endif
}

CHARCOUNT_UTF8_KERNEL Chars load_table(const std::array<unsigned char, 64>& table) noexcept {
    Chars loaded;
    __builtin_memcpy(&loaded, table.data(), sizeof loaded);
    return loaded;
}

/// For each byte the place `distance` before its own.
[[nodiscard]] constexpr std::array<unsigned char, 64> places_before(unsigned distance) noexcept {
    std::array<unsigned char, 64> places{};
    for (unsigned i = distance; i < 64; ++i) places[i] = static_cast<unsigned char>(i - distance);
    return places;
}

/// The bytes `Distance` places further on, behind zeros.
template <unsigned Distance>
CHARCOUNT_UTF8_KERNEL Bytes moved(Bytes bytes) noexcept {
    alignas(64) static constexpr auto places = places_before(Distance);
    const Chars indices = load_table(places);
    constexpr Mask kept = ~Mask{} << Distance;
#ifdef __clang__
    const auto all = __builtin_ia32_permvarqi512(reinterpret_cast<Chars>(bytes), indices);
    return reinterpret_cast<Bytes>(__builtin_ia32_selectb_512(kept, all, Chars{}));
#else
    return reinterpret_cast<Bytes>(
        __builtin_ia32_permvarqi512_mask(reinterpret_cast<Chars>(bytes), indices, Chars{}, kept));
#endif
}

inline constexpr std::size_t entries = 64;

/// The highest six bits of each byte; what is above them comes from the neighbour.
CHARCOUNT_UTF8_KERNEL Bytes tops_of(Bytes bytes) noexcept {
    return reinterpret_cast<Bytes>(reinterpret_cast<Pairs>(bytes) >> 2);
}
CHARCOUNT_UTF8_KERNEL Bytes bottoms_of(Bytes bytes) noexcept {
    return bytes;
}

CHARCOUNT_UTF8_KERNEL Bytes minus_saturated(Bytes a, Bytes b) noexcept {
#if __has_builtin(__builtin_elementwise_sub_sat)
    return __builtin_elementwise_sub_sat(a, b);
#elif defined(__clang__)
    return reinterpret_cast<Bytes>(
        __builtin_ia32_psubusb512(reinterpret_cast<Chars>(a), reinterpret_cast<Chars>(b)));
#else
    return reinterpret_cast<Bytes>(__builtin_ia32_psubusb512_mask(
        reinterpret_cast<Chars>(a), reinterpret_cast<Chars>(b), Chars{}, ~Mask{}));
#endif
}

CHARCOUNT_UTF8_KERNEL bool has_high_bit(Bytes bytes) noexcept {
    return __builtin_ia32_cvtb2mask512(reinterpret_cast<Chars>(bytes)) != 0;
}

CHARCOUNT_UTF8_KERNEL bool is_zero(Bytes bytes) noexcept {
    constexpr int not_equal = 4;
    return __builtin_ia32_ucmpb512_mask(reinterpret_cast<Chars>(bytes), Chars{}, not_equal,
                                        ~Mask{}) == 0;
}

CHARCOUNT_UTF8_KERNEL Sums sums_of(Bytes bytes) noexcept {
    return reinterpret_cast<Sums>(
        __builtin_ia32_psadbw512(reinterpret_cast<Chars>(bytes), Chars{}));
}

CHARCOUNT_UTF8_KERNEL std::size_t total_of(Sums sums) noexcept {
    return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

/// Adds what is counted in one register.
CHARCOUNT_UTF8_KERNEL void count(Bytes bytes, Progress& done) noexcept {
    constexpr int less = 1;
    constexpr int not_less = 5;
    alignas(64) static constexpr auto least_lead = filled_table<64>(0xC0);
    alignas(64) static constexpr auto least_lead_of_four = filled_table<64>(0xF0);
    // As signed numbers, continuations are the least of all bytes.
    const Mask continuations = __builtin_ia32_cmpb512_mask(reinterpret_cast<Chars>(bytes),
                                                           load_table(least_lead), less, ~Mask{});
    const Mask four_byte_leads = __builtin_ia32_ucmpb512_mask(
        reinterpret_cast<Chars>(bytes), load_table(least_lead_of_four), not_less, ~Mask{});
    done.continuations += static_cast<std::size_t>(__builtin_popcountll(continuations));
    done.four_byte_leads += static_cast<std::size_t>(__builtin_popcountll(four_byte_leads));
}

#include <charcount/detail/utf8/lookup.ipp>

#undef CHARCOUNT_UTF8_KEEP
#undef CHARCOUNT_UTF8_KERNEL
#undef CHARCOUNT_UTF8_TARGET

}  // namespace charcount::detail::utf8::avx512

#endif  // CHARCOUNT_UTF8_X86

#endif
