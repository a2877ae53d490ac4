// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The specification of all that is counted: one byte after the other, at compile time as well.

#ifndef CHARCOUNT_DETAIL_UTF8_SCALAR_HPP
#define CHARCOUNT_DETAIL_UTF8_SCALAR_HPP

#include <charcount/utf8_scan.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace charcount::detail::utf8 {

/// One row of table 3-7: the length that a lead byte announces (0: it can't lead), and the range
/// of the second byte, which excludes overlong forms, surrogates and what lies above U+10FFFF.
struct Lead {
    std::size_t length;
    unsigned char second_low = 0x80;
    unsigned char second_high = 0xBF;
};

[[nodiscard]] constexpr Lead lead_of(unsigned char byte) noexcept {
    if (byte < 0x80) return {1};
    if (byte < 0xC2) return {0};
    if (byte < 0xE0) return {2};
    if (byte == 0xE0) return {3, 0xA0};
    if (byte == 0xED) return {3, 0x80, 0x9F};
    if (byte < 0xF0) return {3};
    if (byte == 0xF0) return {4, 0x90};
    if (byte < 0xF4) return {4};
    if (byte == 0xF4) return {4, 0x80, 0x8F};
    return {0};
}

struct Sequence {
    std::size_t length;
    Utf8Status status;
};

/// Judges the sequence at the start of `bytes`, which isn't empty.
[[nodiscard]] constexpr Sequence first_sequence(std::string_view bytes) noexcept {
    const Lead lead = lead_of(static_cast<unsigned char>(bytes[0]));
    if (lead.length == 0) return {0, Utf8Status::invalid};
    unsigned char low = lead.second_low;
    unsigned char high = lead.second_high;
    for (std::size_t i = 1; i < lead.length; ++i) {
        if (i == bytes.size()) return {i, Utf8Status::incomplete};
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (byte < low || byte > high) return {i, Utf8Status::invalid};
        low = 0x80;
        high = 0xBF;
    }
    return {lead.length, Utf8Status::valid};
}

[[nodiscard]] constexpr std::size_t ascii_prefix(std::string_view bytes) noexcept {
    std::size_t length = 0;
    if (!std::is_constant_evaluated()) {
        constexpr std::uint64_t high_bits = 0x8080808080808080;
        std::uint64_t block = 0;
        for (; bytes.size() - length >= sizeof block; length += sizeof block) {
            std::memcpy(&block, bytes.data() + length, sizeof block);
            if ((block & high_bits) != 0) break;
        }
    }
    while (length < bytes.size() && static_cast<unsigned char>(bytes[length]) < 0x80) ++length;
    return length;
}

/// Validates and counts on from what `before` says of the bytes before `rest`.
[[nodiscard]] constexpr Utf8Scan scan_on(const Utf8Scan& before, std::string_view rest) noexcept {
    std::size_t code_points = before.code_points;
    std::size_t utf16_units = before.utf16_units;
    std::size_t valid_bytes = before.valid_bytes;
    while (true) {
        const std::size_t ascii = ascii_prefix(rest);
        code_points += ascii;
        utf16_units += ascii;
        valid_bytes += ascii;
        rest.remove_prefix(ascii);
        if (rest.empty()) return {code_points, utf16_units, valid_bytes, Utf8Status::valid};

        const Sequence sequence = first_sequence(rest);
        if (sequence.status != Utf8Status::valid)
            return {code_points, utf16_units, valid_bytes, sequence.status};
        code_points += 1;
        utf16_units += sequence.length == 4 ? 2 : 1;
        valid_bytes += sequence.length;
        rest.remove_prefix(sequence.length);
    }
}

[[nodiscard]] constexpr Utf8Scan scan_scalar(std::string_view bytes) noexcept {
    return scan_on({}, bytes);
}

/// The length (0 to 3) of a sequence's beginning that is cut off at the end of `bytes`.
[[nodiscard]] constexpr std::size_t incomplete_suffix(std::string_view bytes) noexcept {
    const std::size_t reach = bytes.size() < 3 ? bytes.size() : 3;
    for (std::size_t length = 1; length <= reach; ++length) {
        const std::string_view suffix = bytes.substr(bytes.size() - length);
        const bool continuation = (static_cast<unsigned char>(suffix[0]) & 0xC0) == 0x80;
        if (continuation) continue;
        return first_sequence(suffix).status == Utf8Status::incomplete ? length : 0;
    }
    return 0;
}

/// What a fast kernel has found so far: the first `bytes` are well-formed, but that the last
/// sequence may go beyond them, or never become one. Its bytes are counted as well.
struct Progress {
    std::size_t bytes = 0;
    std::size_t continuations = 0;
    std::size_t four_byte_leads = 0;
};

/// The result of a kernel that found everything well-formed.
[[nodiscard]] constexpr Utf8Scan result_of(const Progress& done) noexcept {
    const std::size_t code_points = done.bytes - done.continuations;
    return {code_points, code_points + done.four_byte_leads, done.bytes, Utf8Status::valid};
}

/// Takes the last sequence back, if it has a lead in the last three bytes.
[[nodiscard]] constexpr Progress without_last_lead(const char* bytes, Progress done) noexcept {
    for (std::size_t length = 1; length <= 3 && length <= done.bytes; ++length) {
        const auto byte = static_cast<unsigned char>(bytes[done.bytes - length]);
        if (byte < 0x80) return done;
        if (byte < 0xC0) continue;
        return {.bytes = done.bytes - length,
                .continuations = done.continuations - (length - 1),
                .four_byte_leads = done.four_byte_leads - (byte >= 0xF0 ? 1 : 0)};
    }
    return done;
}

/// The result of a kernel that met an error, or the end of `bytes`, not far behind its progress.
/// By single values: they stay in registers, so that a kernel needs no stack.
[[nodiscard, gnu::noinline]] constexpr Utf8Scan finish_scan(std::string_view bytes,
                                                            std::size_t done,
                                                            std::size_t continuations,
                                                            std::size_t four_byte_leads) noexcept {
    const Progress sure = without_last_lead(bytes.data(), {done, continuations, four_byte_leads});
    return scan_on(result_of(sure), bytes.substr(sure.bytes));
}

}  // namespace charcount::detail::utf8

#endif
