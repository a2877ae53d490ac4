// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Validates UTF-8 and counts its characters in one pass, for whole strings and for streams.

#ifndef CHARCOUNT_UTF8_HPP
#define CHARCOUNT_UTF8_HPP

#include <charcount/detail/utf8/kernels.hpp>
#include <charcount/detail/utf8/pieces.hpp>
#include <charcount/detail/utf8/scalar.hpp>
#include <charcount/utf8_scan.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace charcount {

/// Validates `bytes` and counts their characters, up to the first error.
///
/// With `incomplete`, what follows the valid prefix is a proper beginning, of one to three bytes,
/// of a well-formed sequence.
///
/// *Source*: the Unicode Standard 15.0, table 3-7; RFC 3629. `valid_bytes` is where Python's
/// strict decoder reports the error.
[[nodiscard]] constexpr Utf8Scan scan_utf8(std::string_view bytes) noexcept {
    if (std::is_constant_evaluated()) return detail::utf8::scan_scalar(bytes);
    return detail::utf8::scan_fast(bytes);
}

/// Validates and counts a stream that arrives in pieces, cut anywhere, in constant memory.
///
/// *Thread safety*: distinct objects from any threads; one object from one thread at a time.
class Utf8Counter {
public:
    /// Takes the next piece; after an error further bytes are ignored.
    constexpr void feed(std::string_view bytes) noexcept {
        pieces_.feed(bytes, [this](std::string_view part) noexcept {
            const Utf8Scan scan = scan_utf8(part);
            code_points_ += scan.code_points;
            utf16_units_ += scan.utf16_units;
            return scan;
        });
    }

    /// Ends the stream: a sequence whose end is missing becomes an error at its first byte.
    constexpr void finish() noexcept { pieces_.finish(); }

    /// Forgets everything, ready for another stream.
    constexpr void reset() noexcept { *this = Utf8Counter{}; }

    /// Code points so far, up to the first error; a sequence counts once it is complete.
    [[nodiscard]] constexpr std::uint64_t code_points() const noexcept { return code_points_; }

    /// UTF-16 code units so far, up to the first error.
    [[nodiscard]] constexpr std::uint64_t utf16_units() const noexcept { return utf16_units_; }

    /// Whether no error was found so far; final after `finish`.
    [[nodiscard]] constexpr bool valid() const noexcept { return pieces_.valid(); }

    /// Where the error starts, in bytes from the stream's start; while `valid`, the length of the
    /// complete sequences so far.
    [[nodiscard]] constexpr std::uint64_t error_offset() const noexcept {
        return pieces_.valid_bytes();
    }

private:
    std::uint64_t code_points_ = 0;
    std::uint64_t utf16_units_ = 0;
    detail::utf8::Pieces pieces_;
};

/// The length (0 to 3) of a sequence's beginning that is cut off at the end of `bytes`, so that
/// the caller can wait for its rest.
///
/// Looks at the last three bytes only, in constant time; 0 when no bytes that follow could make
/// them well-formed.
[[nodiscard]] constexpr std::size_t incomplete_suffix(std::string_view bytes) noexcept {
    return detail::utf8::incomplete_suffix(bytes);
}

}  // namespace charcount

#endif
