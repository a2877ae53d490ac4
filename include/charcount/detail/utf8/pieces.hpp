// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Follows a stream of UTF-8 through its pieces: joins what a cut has parted, and places the error.

#ifndef CHARCOUNT_DETAIL_UTF8_PIECES_HPP
#define CHARCOUNT_DETAIL_UTF8_PIECES_HPP

#include <array>
#include <charcount/utf8_scan.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace charcount::detail::utf8 {

/// What the counters of streams share: how far a stream is well-formed, and the beginning of a
/// sequence, of one to three bytes, that waits for its rest.
///
///     piece 1:  | a | b | F0 | 9F |     scanned: "ab" F0 9F; F0 9F is carried
///     piece 2:  | 98 | 80 | c | d |     scanned: F0 9F 98; F0 9F 98 80; "cd"
class Pieces {
public:
    /// Takes the next piece: calls `scan` with parts of the stream, each of which begins where
    /// the valid bytes of those before it end; it returns the part's `Utf8Scan`.
    template <class Scan>
    constexpr void feed(std::string_view bytes, Scan scan) noexcept {
        while (valid_ && !bytes.empty()) {
            std::string_view part = bytes;
            if (carried_size_ > 0) {
                carried_[carried_size_++] = bytes.front();
                part = {carried_.data(), carried_size_};
            }
            bytes.remove_prefix(carried_size_ > 0 ? 1 : bytes.size());
            take(part, scan(part));
        }
    }

    /// Ends the stream: a sequence whose end is missing becomes an error at its first byte.
    constexpr void finish() noexcept {
        if (carried_size_ > 0) valid_ = false;
        carried_size_ = 0;
    }

    [[nodiscard]] constexpr bool valid() const noexcept { return valid_; }

    /// The length of the complete sequences so far; an error starts there.
    [[nodiscard]] constexpr std::uint64_t valid_bytes() const noexcept { return valid_bytes_; }

private:
    // `part` may be carried_ itself.
    constexpr void take(std::string_view part, const Utf8Scan& found) noexcept {
        valid_bytes_ += found.valid_bytes;
        valid_ = found.status != Utf8Status::invalid;
        carried_size_ = 0;
        if (found.status != Utf8Status::incomplete) return;
        for (const char byte : part.substr(found.valid_bytes)) carried_[carried_size_++] = byte;
    }

    std::uint64_t valid_bytes_ = 0;
    std::array<char, 4> carried_{};  // three bytes of a cut sequence, and room to complete it
    std::uint8_t carried_size_ = 0;
    bool valid_ = true;
};

}  // namespace charcount::detail::utf8

#endif
