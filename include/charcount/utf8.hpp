// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Validates UTF-8 and counts its characters in one pass, for whole strings and for streams.

#ifndef CHARCOUNT_UTF8_HPP
#define CHARCOUNT_UTF8_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace charcount {

/// How a string of bytes stands as UTF-8.
enum class Utf8Status {
    valid,       ///< well-formed to the end
    invalid,     ///< ill-formed, whatever bytes may follow
    incomplete,  ///< well-formed but for a last sequence whose end is missing
};

/// What one pass over a string of bytes found; the counts are those of the valid prefix.
struct Utf8Scan {
    std::size_t code_points = 0;
    std::size_t utf16_units = 0;
    std::size_t valid_bytes = 0;  ///< length of the valid prefix; an error starts there
    Utf8Status status = Utf8Status::valid;

    friend bool operator==(const Utf8Scan&, const Utf8Scan&) = default;
};

namespace detail {

// One row of table 3-7: the length that a lead byte announces (0: it can't lead), and the range
// of the second byte, which excludes overlong forms, surrogates and what lies above U+10FFFF.
struct Utf8Lead {
    std::size_t length;
    unsigned char second_low = 0x80;
    unsigned char second_high = 0xBF;
};

[[nodiscard]] constexpr Utf8Lead utf8_lead(unsigned char byte) noexcept {
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

struct Utf8Sequence {
    std::size_t length;
    Utf8Status status;
};

// Judges the sequence at the start of `bytes`, which isn't empty.
[[nodiscard]] constexpr Utf8Sequence first_utf8_sequence(std::string_view bytes) noexcept {
    const Utf8Lead lead = utf8_lead(static_cast<unsigned char>(bytes[0]));
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

}  // namespace detail

/// Validates `bytes` and counts their characters, up to the first error.
///
/// With `incomplete`, what follows the valid prefix is a proper beginning, of one to three bytes,
/// of a well-formed sequence.
///
/// *Source*: the Unicode Standard 15.0, table 3-7; RFC 3629. `valid_bytes` is where Python's
/// strict decoder reports the error.
[[nodiscard]] constexpr Utf8Scan scan_utf8(std::string_view bytes) noexcept {
    Utf8Scan scan;
    for (std::string_view rest = bytes;;) {
        const std::size_t ascii = detail::ascii_prefix(rest);
        scan.code_points += ascii;
        scan.utf16_units += ascii;
        scan.valid_bytes += ascii;
        rest.remove_prefix(ascii);
        if (rest.empty()) return scan;

        const detail::Utf8Sequence sequence = detail::first_utf8_sequence(rest);
        if (sequence.status != Utf8Status::valid) {
            scan.status = sequence.status;
            return scan;
        }
        scan.code_points += 1;
        scan.utf16_units += sequence.length == 4 ? 2 : 1;
        scan.valid_bytes += sequence.length;
        rest.remove_prefix(sequence.length);
    }
}

/// Validates and counts a stream that arrives in pieces, cut anywhere, in constant memory.
///
/// *Thread safety*: distinct objects from any threads; one object from one thread at a time.
class Utf8Counter {
public:
    /// Takes the next piece; after an error further bytes are ignored.
    constexpr void feed(std::string_view bytes) noexcept {
        while (carried_size_ > 0 && !bytes.empty()) {
            carried_[carried_size_++] = bytes.front();
            bytes.remove_prefix(1);
            take({carried_.data(), carried_size_});
        }
        if (valid_ && !bytes.empty()) take(bytes);
    }

    /// Ends the stream: a sequence whose end is missing becomes an error at its first byte.
    constexpr void finish() noexcept {
        if (carried_size_ > 0) valid_ = false;
        carried_size_ = 0;
    }

    /// Forgets everything, ready for another stream.
    constexpr void reset() noexcept { *this = Utf8Counter{}; }

    /// Code points so far, up to the first error; a sequence counts once it is complete.
    [[nodiscard]] constexpr std::uint64_t code_points() const noexcept { return code_points_; }

    /// UTF-16 code units so far, up to the first error.
    [[nodiscard]] constexpr std::uint64_t utf16_units() const noexcept { return utf16_units_; }

    /// Whether no error was found so far; final after `finish`.
    [[nodiscard]] constexpr bool valid() const noexcept { return valid_; }

    /// Where the error starts, in bytes from the stream's start; while `valid`, the length of the
    /// complete sequences so far.
    [[nodiscard]] constexpr std::uint64_t error_offset() const noexcept { return valid_bytes_; }

private:
    // `bytes` begin where the last complete sequence ended; they may be carried_ itself.
    constexpr void take(std::string_view bytes) noexcept {
        const Utf8Scan scan = scan_utf8(bytes);
        code_points_ += scan.code_points;
        utf16_units_ += scan.utf16_units;
        valid_bytes_ += scan.valid_bytes;
        valid_ = scan.status != Utf8Status::invalid;
        carried_size_ = 0;
        if (scan.status != Utf8Status::incomplete) return;
        for (const char byte : bytes.substr(scan.valid_bytes)) carried_[carried_size_++] = byte;
    }

    std::uint64_t code_points_ = 0;
    std::uint64_t utf16_units_ = 0;
    std::uint64_t valid_bytes_ = 0;
    std::array<char, 4> carried_{};  // three bytes of a cut sequence, and room to complete it
    std::size_t carried_size_ = 0;
    bool valid_ = true;
};

/// The length (0 to 3) of a sequence's beginning that is cut off at the end of `bytes`, so that
/// the caller can wait for its rest.
///
/// Looks at the last three bytes only, in constant time; 0 when no bytes that follow could make
/// them well-formed.
[[nodiscard]] constexpr std::size_t incomplete_suffix(std::string_view bytes) noexcept {
    const std::size_t reach = std::min<std::size_t>(bytes.size(), 3);
    for (std::size_t length = 1; length <= reach; ++length) {
        const std::string_view suffix = bytes.substr(bytes.size() - length);
        const bool continuation = (static_cast<unsigned char>(suffix[0]) & 0xC0) == 0x80;
        if (continuation) continue;
        const detail::Utf8Sequence sequence = detail::first_utf8_sequence(suffix);
        return sequence.status == Utf8Status::incomplete ? length : 0;
    }
    return 0;
}

}  // namespace charcount

#endif
