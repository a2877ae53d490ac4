// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The kernel for 64-bit ARM: every such processor has NEON.

#ifndef CHARCOUNT_DETAIL_UTF8_NEON_HPP
#define CHARCOUNT_DETAIL_UTF8_NEON_HPP

#include <charcount/detail/utf8/platform.hpp>

#if defined(CHARCOUNT_UTF8_NEON)

#    include <arm_neon.h>

#    include <array>
#    include <charcount/detail/utf8/pair_rules.hpp>
#    include <charcount/detail/utf8/scalar.hpp>
#    include <charcount/detail/utf8/short_load.hpp>
#    include <cstddef>
#    include <string_view>
#    include <utility>

namespace charcount::detail::utf8::neon {

#    define CHARCOUNT_UTF8_TARGET
#    define CHARCOUNT_UTF8_KERNEL [[gnu::always_inline]] inline

using Bytes = uint8x16_t;
using Sums = uint64x2_t;

/// Fewer bytes than a register holds, and zeros behind them.
CHARCOUNT_UTF8_KERNEL Bytes load_part(const char* bytes, std::size_t size) noexcept {
    const TwoWords words = load_short(bytes, size);
    return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(words.low), vcreate_u64(words.high)));
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

#    include <charcount/detail/utf8/lookup.ipp>

#    undef CHARCOUNT_UTF8_KERNEL
#    undef CHARCOUNT_UTF8_TARGET

}  // namespace charcount::detail::utf8::neon

#endif  // CHARCOUNT_UTF8_NEON

#endif
