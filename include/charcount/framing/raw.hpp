// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// RawFraming: a message is what one read finds.

#ifndef CHARCOUNT_FRAMING_RAW_HPP
#define CHARCOUNT_FRAMING_RAW_HPP

#include <algorithm>
#include <array>
#include <charcount/byte_buffer.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/utf8.hpp>
#include <cstddef>
#include <string_view>

namespace charcount {

/// A message is what the socket holds when it is read; a reply is the text, nothing added.
///
/// For plain programs that send without an end mark and call `recv` once. TCP keeps no message
/// bounds: what one send of up to 16 KiB delivered is one message here, but two quick sends may
/// arrive as one, and a large one as several. Every program that can choose takes another framing.
///
/// A UTF-8 sequence that is cut off at the end of what has arrived is held for the next read:
///
///     read 1:  | a | b | C3 |        message "ab", C3 is held
///     read 2:  | A9 | c |            message "éc"
class RawFraming {
public:
    static constexpr bool is_stream = false;       ///< see `Framing`
    static constexpr bool splits_at_limit = true;  ///< see `Framing`

    RawFraming() = default;

    /// `hold_cut_sequences`: false where messages are not text and every byte counts at once.
    explicit RawFraming(bool hold_cut_sequences) noexcept : holds_(hold_cut_sequences) {}

    /// See `Framing`.
    [[nodiscard]] FramePart decode(std::string_view input, bool more_follows) noexcept {
        if (input.empty()) return finish_part({}, more_follows);
        if (held_size_ > 0) return join_held(input, more_follows);
        const std::size_t cut = holds_ ? incomplete_suffix(input) : 0;
        const std::string_view body = input.substr(0, input.size() - cut);
        hold(input.substr(body.size()));
        begun_ = begun_ || !body.empty();
        return finish_part({.consumed = input.size(), .body = body}, more_follows);
    }

    /// See `Framing`.
    [[nodiscard]] FramePart end_of_stream() noexcept {
        begun_ = begun_ || held_size_ > 0;
        return finish_part({.consumed = 0, .body = release_held()}, false);
    }

    /// See `Framing`.
    [[nodiscard]] bool in_message() const noexcept { return begun_ || held_size_ > 0; }

    /// See `Framing`.
    [[nodiscard]] std::size_t held_bytes() const noexcept { return held_size_; }

    /// See `Framing`.
    static void encode(ByteBuffer& out, std::string_view message) { out.append(message); }

private:
    /// Adds bytes to the held sequence, one by one, until it is whole or can't become so.
    FramePart join_held(std::string_view input, bool more_follows) noexcept {
        std::size_t taken = 0;
        while (taken < input.size()) {
            if (incomplete_suffix(held()) == 0) break;
            const char next = input[taken];
            if ((static_cast<unsigned char>(next) & 0xC0u) != 0x80u) break;
            held_[held_size_++] = next;
            ++taken;
        }
        if (taken == input.size() && incomplete_suffix(held()) == held_size_)
            return finish_part({.consumed = taken}, more_follows);
        begun_ = true;
        const bool last = taken == input.size() && !more_follows;
        return finish_part({.consumed = taken, .body = release_held()}, !last);
    }

    /// The message ends with this part unless more of it is on its way.
    FramePart finish_part(FramePart part, bool more_follows) noexcept {
        part.complete = begun_ && !more_follows;
        if (part.complete) begun_ = false;
        return part;
    }

    void hold(std::string_view bytes) noexcept {
        std::copy(bytes.begin(), bytes.end(), held_.begin());
        held_size_ = bytes.size();
    }

    [[nodiscard]] std::string_view held() const noexcept { return {held_.data(), held_size_}; }

    std::string_view release_held() noexcept {
        const std::string_view bytes = held();
        held_size_ = 0;
        return bytes;
    }

    std::array<char, 4> held_{};
    std::size_t held_size_ = 0;
    bool begun_ = false;  ///< bytes of an unfinished message have been given out
    bool holds_ = true;
};

static_assert(Framing<RawFraming>);

}  // namespace charcount

#endif
