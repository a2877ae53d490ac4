// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The kernel for 64-bit ARM, where every processor has NEON.

#ifndef CHARCOUNT_DETAIL_UTF8_NEON_HPP
#define CHARCOUNT_DETAIL_UTF8_NEON_HPP

#include <charcount/detail/utf8/platform.hpp>

#if defined(CHARCOUNT_UTF8_NEON)

#include <arm_neon.h>

#include <array>
#include <charcount/detail/utf8/pair_rules.hpp>
#include <charcount/detail/utf8/scalar.hpp>
#include <charcount/detail/utf8/short_load.hpp>
#include <cstddef>
#include <string_view>
#include <utility>

namespace charcount::detail::utf8::neon {

#define CHARCOUNT_UTF8_TARGET
#define CHARCOUNT_UTF8_KERNEL [[gnu::always_inline]] inline
#define CHARCOUNT_UTF8_KEEP(bytes) asm("" : "+w"(bytes))

using Bytes = uint8x16_t;
using Sums = uint64x2_t;

/// No more bytes than a register holds, and zeros behind them.
CHARCOUNT_UTF8_KERNEL Bytes load_part(const char* bytes, std::size_t size) noexcept {
    const TwoWords words = load_short(bytes, size);
    return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(words.low), vcreate_u64(words.high)));
}

/// The bytes `Distance` places further on, behind zeros.
template <int Distance>
CHARCOUNT_UTF8_KERNEL Bytes moved(Bytes bytes) noexcept {
    return vextq_u8(Bytes{}, bytes, 16 - Distance);
}

inline constexpr std::size_t entries = 16;

CHARCOUNT_UTF8_KERNEL Bytes tops_of(Bytes bytes) noexcept {
    return vshrq_n_u8(bytes, 4);
}
CHARCOUNT_UTF8_KERNEL Bytes bottoms_of(Bytes bytes) noexcept {
    return bytes & 0x0F;
}

/// The entries of a table of 16 at these indices, 0 to 15.
CHARCOUNT_UTF8_KERNEL Bytes look_up(Bytes table, Bytes indices) noexcept {
    return vqtbl1q_u8(table, indices);
}

CHARCOUNT_UTF8_KERNEL Bytes minus_saturated(Bytes a, Bytes b) noexcept {
    return vqsubq_u8(a, b);
}

CHARCOUNT_UTF8_KERNEL bool has_high_bit(Bytes bytes) noexcept {
    return vmaxvq_u8(bytes) >= 0x80;
}

CHARCOUNT_UTF8_KERNEL bool is_zero(Bytes bytes) noexcept {
    return vmaxvq_u8(bytes) == 0;
}

CHARCOUNT_UTF8_KERNEL Sums sums_of(Bytes bytes) noexcept {
    return vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(bytes)));
}

CHARCOUNT_UTF8_KERNEL std::size_t total_of(Sums sums) noexcept {
    return vaddvq_u64(sums);
}

/// Adds what is counted in one register.
CHARCOUNT_UTF8_KERNEL void count(Bytes bytes, Progress& done) noexcept {
    const Bytes continuations = vcltq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(-64));
    const Bytes four_byte_leads = vcgeq_u8(bytes, vdupq_n_u8(0xF0));
    done.continuations += vaddvq_u8(continuations & 1);
    done.four_byte_leads += vaddvq_u8(four_byte_leads & 1);
}

#include <charcount/detail/utf8/lookup.ipp>

#undef CHARCOUNT_UTF8_KEEP
#undef CHARCOUNT_UTF8_KERNEL
#undef CHARCOUNT_UTF8_TARGET

}  // namespace charcount::detail::utf8::neon

#endif  // CHARCOUNT_UTF8_NEON

#endif
