// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// UntilEofFraming: a message is everything until the peer half-closes.

#ifndef CHARCOUNT_FRAMING_UNTIL_EOF_HPP
#define CHARCOUNT_FRAMING_UNTIL_EOF_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/framing/framing.hpp>
#include <string_view>

namespace charcount {

/// A message is all bytes until the peer half-closes; the reply is text, then the close.
///
/// For `nc -N` and whole files: one message a connection. A handler that takes pieces, as
/// `CharCountHandler` does, gets a stream of any length in constant memory. A stream without
/// bytes is an empty message.
class UntilEofFraming {
public:
    static constexpr bool is_stream = true;         ///< see `Framing`
    static constexpr bool splits_at_limit = false;  ///< see `Framing`

    /// See `Framing`.
    [[nodiscard]] FramePart decode(std::string_view input, bool /*more_follows*/) noexcept {
        in_message_ = in_message_ || !input.empty();
        return {.consumed = input.size(), .body = input};
    }

    /// See `Framing`.
    [[nodiscard]] FramePart end_of_stream() noexcept {
        in_message_ = false;
        return {.complete = true};
    }

    /// See `Framing`.
    [[nodiscard]] bool in_message() const noexcept { return in_message_; }

    /// See `Framing`.
    static void encode(ByteBuffer& out, std::string_view message) { out.append(message); }

private:
    bool in_message_ = false;
};

static_assert(Framing<UntilEofFraming>);

}  // namespace charcount

#endif
