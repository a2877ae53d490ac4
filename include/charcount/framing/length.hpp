// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LengthFraming: a message is announced by its length.

#ifndef CHARCOUNT_FRAMING_LENGTH_HPP
#define CHARCOUNT_FRAMING_LENGTH_HPP

#include <algorithm>
#include <charcount/byte_buffer.hpp>
#include <charcount/framing/framing.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace charcount {

/// A message is a 32-bit big-endian length, then that many bytes. A reply has the same form.
///
///     | 00 00 00 04 | H a l o | 00 00 00 00 | 00 00 00 05 | d u n i a |
///       length        body      an empty one
///
/// For any content, binary too. A length over the limit is refused before its bytes are read.
class LengthFraming {
public:
    static constexpr bool is_stream = false;        ///< see `Framing`
    static constexpr bool splits_at_limit = false;  ///< see `Framing`

    /// See `Framing`.
    [[nodiscard]] FramePart decode(std::string_view input, bool /*more_follows*/) noexcept {
        std::size_t header = 0;
        while (header_bytes_ < header_size && header < input.size()) {
            remaining_ = remaining_ << 8 | static_cast<unsigned char>(input[header++]);
            ++header_bytes_;
        }
        if (header_bytes_ < header_size) return {.consumed = header};
        const std::size_t size = std::min<std::size_t>(remaining_, input.size() - header);
        remaining_ -= static_cast<std::uint32_t>(size);
        const bool complete = remaining_ == 0;
        if (complete) header_bytes_ = 0;
        return {.consumed = header + size,
                .body = input.substr(header, size),
                .complete = complete,
                .bytes_to_come = remaining_};
    }

    /// See `Framing`.
    [[nodiscard]] FramePart end_of_stream() noexcept { return {}; }

    /// See `Framing`.
    [[nodiscard]] bool in_message() const noexcept { return header_bytes_ > 0; }

    /// See `Framing`.
    /// *Throws*: `std::length_error` when the message is longer than 32 bits can say.
    static void encode(ByteBuffer& out, std::string_view message) {
        if (message.size() > std::numeric_limits<std::uint32_t>::max())
            throw std::length_error("charcount: message longer than a 32-bit length can say");
        const auto size = static_cast<std::uint32_t>(message.size());
        for (int shift = 24; shift >= 0; shift -= 8)
            out.push_back(static_cast<char>(static_cast<unsigned char>(size >> shift & 0xFFu)));
        out.append(message);
    }

private:
    static constexpr std::size_t header_size = 4;

    std::size_t header_bytes_ = 0;
    std::uint32_t remaining_ = 0;  ///< the length while it is being read, then the bytes to come
};

static_assert(Framing<LengthFraming>);

}  // namespace charcount

#endif
