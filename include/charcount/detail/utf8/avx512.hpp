// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The kernel for AVX-512 with VBMI: 64 bytes at a time, whose structure is judged in masks.

#ifndef CHARCOUNT_DETAIL_UTF8_AVX512_HPP
#define CHARCOUNT_DETAIL_UTF8_AVX512_HPP

#include <charcount/detail/utf8/platform.hpp>

#if defined(CHARCOUNT_UTF8_X86)

#    include <array>
#    include <charcount/detail/utf8/scalar.hpp>
#    include <cstddef>
#    include <cstdint>
#    include <string_view>
#    include <utility>

namespace charcount::detail::utf8::avx512 {

#    define CHARCOUNT_UTF8_TARGET [[gnu::target("avx512bw,avx512vbmi,bmi,bmi2,lzcnt,popcnt")]]
#    define CHARCOUNT_UTF8_KERNEL CHARCOUNT_UTF8_TARGET [[gnu::always_inline]] inline

inline constexpr std::size_t width = 64;

using Bytes [[gnu::vector_size(width)]] = unsigned char;
using Chars [[gnu::vector_size(width)]] = char;
using Mask = std::uint64_t;  ///< a bit for each byte, the first one's lowest

// ---- Instructions ----

CHARCOUNT_UTF8_KERNEL Bytes load(const void* bytes) noexcept {
    Bytes loaded;
    __builtin_memcpy(&loaded, bytes, width);
    return loaded;
}

/// The bytes that are in `mask`, zero for the others, which are not read.
CHARCOUNT_UTF8_KERNEL Bytes load(const char* bytes, Mask mask) noexcept {
#    ifdef __clang__
    return (Bytes)__builtin_ia32_loaddquqi512_mask(reinterpret_cast<const Chars*>(bytes), Chars{},
                                                   mask);
#    else
    return (Bytes)__builtin_ia32_loaddquqi512_mask(bytes, Chars{}, mask);
#    endif
}

/// For each byte the entry of a table of 64 that its lowest six bits name.
CHARCOUNT_UTF8_KERNEL Bytes look_up(Bytes table, Bytes indices) noexcept {
#    ifdef __clang__
    return (Bytes)__builtin_ia32_permvarqi512((Chars)table, (Chars)indices);
#    else
    return (Bytes)__builtin_ia32_permvarqi512_mask((Chars)table, (Chars)indices, Chars{}, ~Mask{});
#    endif
}

CHARCOUNT_UTF8_KERNEL Mask at_least(Bytes bytes, unsigned char least) noexcept {
    constexpr int not_less = 5;
    return __builtin_ia32_ucmpb512_mask((Chars)bytes, (Chars)(Bytes{} + least), not_less, ~Mask{});
}

CHARCOUNT_UTF8_KERNEL Mask not_zero(Bytes bytes) noexcept {
    constexpr int not_equal = 4;
    return __builtin_ia32_ucmpb512_mask((Chars)bytes, Chars{}, not_equal, ~Mask{});
}

CHARCOUNT_UTF8_KERNEL Mask high_bits(Bytes bytes) noexcept {
    return __builtin_ia32_cvtb2mask512((Chars)bytes);
}

// ---- Tables ----

// Which second bytes a lead can't have; a continuation is of one of these classes.
inline constexpr unsigned char from_80 = 1;  // 80 to 8F
inline constexpr unsigned char from_90 = 2;  // 90 to 9F
inline constexpr unsigned char from_a0 = 4;  // A0 to BF

/// By the lowest six bits of a lead, C0 to FF.
[[nodiscard]] constexpr std::array<unsigned char, width> make_forbidden_seconds() noexcept {
    std::array<unsigned char, width> table{};
    for (unsigned i = 0; i < width; ++i) {
        const Lead lead = lead_of(static_cast<unsigned char>(0xC0 + i));
        const bool never = lead.length == 0;
        if (never || lead.second_low > 0x80) table[i] |= from_80;
        if (never || lead.second_low > 0x90 || lead.second_high < 0x90) table[i] |= from_90;
        if (never || lead.second_high < 0xA0) table[i] |= from_a0;
    }
    return table;
}

/// By the lowest six bits of a continuation, 80 to BF.
[[nodiscard]] constexpr std::array<unsigned char, width> make_classes() noexcept {
    std::array<unsigned char, width> table{};
    for (unsigned i = 0; i < width; ++i)
        table[i] = i < 0x10 ? from_80 : i < 0x20 ? from_90 : from_a0;
    return table;
}

/// Shifts a register by one byte.
[[nodiscard]] constexpr std::array<unsigned char, width> make_previous_indices() noexcept {
    std::array<unsigned char, width> table{};
    for (unsigned i = 0; i < width; ++i) table[i] = static_cast<unsigned char>((i + 63) % 64);
    return table;
}

inline constexpr auto forbidden_seconds = make_forbidden_seconds();
inline constexpr auto classes = make_classes();
inline constexpr auto previous_indices = make_previous_indices();

// ---- The kernel ----

/// Which bytes begin a sequence of at least two, three, four bytes.
struct Leads {
    Mask two = 0;
    Mask three = 0;
    Mask four = 0;

    /// Whether a sequence goes beyond the last byte.
    [[nodiscard]] CHARCOUNT_UTF8_KERNEL bool is_open() const noexcept {
        return (two >> 63 | three >> 62 | four >> 61) != 0;
    }
};

/// What is known of one register.
struct Block {
    Leads leads;
    Mask continuations;
    Mask errors;
};

/// Judges a register. `previous`: the bytes one before; `before`: of the register before.
CHARCOUNT_UTF8_KERNEL Block judge(Bytes now, Bytes previous, const Leads& before) noexcept {
    Block block;
    block.leads = {at_least(now, 0xC0), at_least(now, 0xE0), at_least(now, 0xF0)};
    block.continuations = high_bits(now) & ~block.leads.two;
    const Mask second = block.leads.two << 1 | before.two >> 63;
    const Mask third = block.leads.three << 2 | before.three >> 62;
    const Mask fourth = block.leads.four << 3 | before.four >> 61;
    const Mask out_of_range = not_zero(look_up(load(forbidden_seconds.data()), previous) &
                                       look_up(load(classes.data()), now));
    block.errors = ((second | third | fourth) ^ block.continuations) | (out_of_range & second);
    return block;
}

CHARCOUNT_UTF8_KERNEL void count(const Block& block, Progress& done) noexcept {
    done.continuations += static_cast<std::size_t>(__builtin_popcountll(block.continuations));
    done.four_byte_leads += static_cast<std::size_t>(__builtin_popcountll(block.leads.four));
}

CHARCOUNT_UTF8_KERNEL Mask first_bits(std::size_t count) noexcept {
    return (Mask{1} << count) - 1;
}

/// At most 64 bytes.
CHARCOUNT_UTF8_TARGET inline Utf8Scan scan_short(std::string_view bytes) noexcept {
    const Mask mask = bytes.size() == 64 ? ~Mask{} : first_bits(bytes.size());
    const Bytes now = load(bytes.data(), mask);
    if (high_bits(now) == 0) return result_of({.bytes = bytes.size()});
    const Block block = judge(now, look_up(now, load(previous_indices.data())), {});
    if (block.errors != 0 || block.leads.is_open()) return finish_scan(bytes, {});
    Progress done{.bytes = bytes.size()};
    count(block, done);
    return result_of(done);
}

CHARCOUNT_UTF8_TARGET inline Utf8Scan scan(std::string_view bytes) noexcept {
    const char* const data = bytes.data();
    const std::size_t size = bytes.size();
    if (size <= width) return scan_short(bytes);

    // The first register has none before it: its bytes are moved by one within it.
    Progress done;
    const Bytes begin = load(data);
    Block block = judge(begin, look_up(begin, load(previous_indices.data())), {});
    if (block.errors != 0) return finish_scan(bytes, done);
    count(block, done);
    done.bytes = width;

    for (; size - done.bytes >= 4 * width; done.bytes += 4 * width) {
        const char* const at = data + done.bytes;
        const Bytes any = load(at) | load(at + width) | load(at + 2 * width) | load(at + 3 * width);
        if (high_bits(any) == 0) {
            if (block.leads.is_open()) return finish_scan(bytes, done);
            block.leads = {};
            continue;
        }
        Progress after = done;
        Mask errors = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const char* const now = at + i * width;
            block = judge(load(now), load(now - 1), block.leads);
            count(block, after);
            errors |= block.errors;
        }
        if (errors != 0) return finish_scan(bytes, done);
        done = after;
    }
    for (; size - done.bytes >= width; done.bytes += width) {
        const char* const now = data + done.bytes;
        block = judge(load(now), load(now - 1), block.leads);
        if (block.errors != 0) return finish_scan(bytes, done);
        count(block, done);
    }
    const char* const now = data + done.bytes;
    const std::size_t rest = size - done.bytes;
    block = judge(load(now, first_bits(rest)), load(now - 1, first_bits(rest + 1)), block.leads);
    if (block.errors != 0 || block.leads.is_open()) return finish_scan(bytes, done);
    count(block, done);
    done.bytes = size;
    return result_of(done);
}

#    undef CHARCOUNT_UTF8_KERNEL
#    undef CHARCOUNT_UTF8_TARGET

}  // namespace charcount::detail::utf8::avx512

#endif  // CHARCOUNT_UTF8_X86

#endif
