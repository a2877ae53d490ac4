// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The kernels for x86: SSE4.1 and AVX2. By the compilers' own vectors, for <immintrin.h> takes
// longer to compile than all of this.

#ifndef CHARCOUNT_DETAIL_UTF8_X86_HPP
#define CHARCOUNT_DETAIL_UTF8_X86_HPP

#include <charcount/detail/utf8/platform.hpp>

#if defined(CHARCOUNT_UTF8_X86)

#    include <array>
#    include <charcount/detail/utf8/pair_rules.hpp>
#    include <charcount/detail/utf8/scalar.hpp>
#    include <charcount/detail/utf8/short_load.hpp>
#    include <cstddef>
#    include <cstdint>
#    include <string_view>
#    include <utility>

#    define CHARCOUNT_UTF8_KERNEL CHARCOUNT_UTF8_TARGET [[gnu::always_inline]] inline

namespace charcount::detail::utf8::sse41 {

#    define CHARCOUNT_UTF8_TARGET [[gnu::target("sse4.1")]]

using Bytes [[gnu::vector_size(16)]] = unsigned char;
using Chars [[gnu::vector_size(16)]] = char;
using Words [[gnu::vector_size(16)]] = std::uint64_t;
using Quads [[gnu::vector_size(16)]] = long long;
using Sums = Words;

/// The entries of a table of 16 at these indices, 0 to 15.
CHARCOUNT_UTF8_KERNEL Bytes look_up(Bytes table, Bytes indices) noexcept {
    return (Bytes)__builtin_ia32_pshufb128((Chars)table, (Chars)indices);
}

CHARCOUNT_UTF8_KERNEL Bytes minus_saturated(Bytes a, Bytes b) noexcept {
#    if __has_builtin(__builtin_elementwise_sub_sat)
    return __builtin_elementwise_sub_sat(a, b);
#    else
    return (Bytes)__builtin_ia32_psubusb128((Chars)a, (Chars)b);
#    endif
}

CHARCOUNT_UTF8_KERNEL bool has_high_bit(Bytes bytes) noexcept {
    return __builtin_ia32_pmovmskb128((Chars)bytes) != 0;
}

CHARCOUNT_UTF8_KERNEL bool is_zero(Bytes bytes) noexcept {
    return __builtin_ia32_ptestz128((Quads)bytes, (Quads)bytes) != 0;
}

CHARCOUNT_UTF8_KERNEL Sums sums_of(Bytes bytes) noexcept {
    return (Sums)__builtin_ia32_psadbw128((Chars)bytes, Chars{});
}

CHARCOUNT_UTF8_KERNEL std::size_t total_of(Sums sums) noexcept {
    return sums[0] + sums[1];
}

/// Fewer bytes than a register holds, and zeros behind them.
CHARCOUNT_UTF8_KERNEL Bytes load_part(const char* bytes, std::size_t size) noexcept {
    const TwoWords words = load_short(bytes, size);
    return (Bytes)Words{words.low, words.high};
}

#    include <charcount/detail/utf8/lookup.ipp>

#    undef CHARCOUNT_UTF8_TARGET

}  // namespace charcount::detail::utf8::sse41

namespace charcount::detail::utf8::avx2 {

#    define CHARCOUNT_UTF8_TARGET [[gnu::target("avx2")]]

using Bytes [[gnu::vector_size(32)]] = unsigned char;
using Chars [[gnu::vector_size(32)]] = char;
using Words [[gnu::vector_size(32)]] = std::uint64_t;
using Quads [[gnu::vector_size(32)]] = long long;
using Sums = Words;

/// The entries of a table of 16, which is there twice, at these indices, 0 to 15.
CHARCOUNT_UTF8_KERNEL Bytes look_up(Bytes table, Bytes indices) noexcept {
    return (Bytes)__builtin_ia32_pshufb256((Chars)table, (Chars)indices);
}

CHARCOUNT_UTF8_KERNEL Bytes minus_saturated(Bytes a, Bytes b) noexcept {
#    if __has_builtin(__builtin_elementwise_sub_sat)
    return __builtin_elementwise_sub_sat(a, b);
#    else
    return (Bytes)__builtin_ia32_psubusb256((Chars)a, (Chars)b);
#    endif
}

CHARCOUNT_UTF8_KERNEL bool has_high_bit(Bytes bytes) noexcept {
    return __builtin_ia32_pmovmskb256((Chars)bytes) != 0;
}

CHARCOUNT_UTF8_KERNEL bool is_zero(Bytes bytes) noexcept {
    return __builtin_ia32_ptestz256((Quads)bytes, (Quads)bytes) != 0;
}

CHARCOUNT_UTF8_KERNEL Sums sums_of(Bytes bytes) noexcept {
    return (Sums)__builtin_ia32_psadbw256((Chars)bytes, Chars{});
}

CHARCOUNT_UTF8_KERNEL std::size_t total_of(Sums sums) noexcept {
    return sums[0] + sums[1] + sums[2] + sums[3];
}

/// Fewer bytes than a register holds, and zeros behind them.
CHARCOUNT_UTF8_KERNEL Bytes load_part(const char* bytes, std::size_t size) noexcept {
    const bool is_half_full = size >= 16;
    const TwoWords first = is_half_full ? load_two_words(bytes) : load_short(bytes, size);
    const TwoWords second = is_half_full ? load_short(bytes + 16, size - 16) : TwoWords{};
    return (Bytes)Words{first.low, first.high, second.low, second.high};
}

#    include <charcount/detail/utf8/lookup.ipp>

#    undef CHARCOUNT_UTF8_TARGET

}  // namespace charcount::detail::utf8::avx2

#    undef CHARCOUNT_UTF8_KERNEL

#endif  // CHARCOUNT_UTF8_X86

#endif
