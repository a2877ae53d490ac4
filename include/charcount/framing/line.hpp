// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LineFraming: a message is a line.

#ifndef CHARCOUNT_FRAMING_LINE_HPP
#define CHARCOUNT_FRAMING_LINE_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/detail/find_byte.hpp>
#include <charcount/framing/framing.hpp>
#include <cstddef>
#include <string_view>

namespace charcount {

/// A message is the bytes up to LF; one CR before it is dropped. A reply is the text and LF.
///
/// For netcat, scripts and every new program whose messages are text. A message that holds LF
/// reaches the other side as several. A stream that ends without LF has cut its last message off.
class LineFraming {
public:
    static constexpr bool is_stream = false;        ///< see `Framing`
    static constexpr bool splits_at_limit = false;  ///< see `Framing`

    /// See `Framing`.
    [[nodiscard]] FramePart decode(std::string_view input, bool /*more_follows*/) noexcept {
        if (input.empty()) return {};
        if (held_cr_ && input.front() != '\n') {  // that CR was part of the text after all
            held_cr_ = false;
            return {.consumed = 0, .body = "\r"};
        }
        const std::size_t end = detail::find_byte(input, '\n');
        if (end == std::string_view::npos) return hold_back_cr(input);
        held_cr_ = false;
        in_message_ = false;
        return line_before(input, end);
    }

    /// See `WholeFraming`.
    [[nodiscard]] static FramePart decode_whole(std::string_view input) noexcept {
        const std::size_t end = detail::find_byte(input.substr(0, short_line), '\n');
        if (end == std::string_view::npos) return {};
        return line_before(input, end);
    }

    /// See `Framing`.
    [[nodiscard]] FramePart end_of_stream() noexcept { return {}; }

    /// See `Framing`.
    [[nodiscard]] bool in_message() const noexcept { return in_message_; }

    /// See `Framing`.
    static void encode(ByteBuffer& out, std::string_view message) { out.append(message, '\n'); }

private:
    /// What is longer takes long enough: its bytes are to be looked through only once.
    static constexpr std::size_t short_line = 256;

    static FramePart line_before(std::string_view input, std::size_t end) noexcept {
        const std::size_t size = end > 0 && input[end - 1] == '\r' ? end - 1 : end;
        return {.consumed = end + 1, .body = {input.data(), size}, .complete = true};
    }

    /// A CR at the end of what was read may belong to the line's end: the next byte tells.
    FramePart hold_back_cr(std::string_view input) noexcept {
        in_message_ = true;
        held_cr_ = input.back() == '\r';
        return {.consumed = input.size(),
                .body = input.substr(0, input.size() - (held_cr_ ? 1 : 0))};
    }

    bool in_message_ = false;
    bool held_cr_ = false;
};

static_assert(Framing<LineFraming>);

}  // namespace charcount

#endif
