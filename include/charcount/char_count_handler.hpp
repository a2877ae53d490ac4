// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The default handler: replies to each message with the number of its characters.

#ifndef CHARCOUNT_CHAR_COUNT_HANDLER_HPP
#define CHARCOUNT_CHAR_COUNT_HANDLER_HPP

#include <charcount/count_reply.hpp>
#include <charcount/unit.hpp>
#include <charcount/utf8.hpp>
#include <charcount/utf8_scan.hpp>
#include <cstdint>
#include <string_view>

namespace charcount {

/// Replies with the number of characters in decimal, or `error: invalid UTF-8 at byte N`.
///
/// N counts from 0: it is where the first ill-formed sequence starts in the message. With
/// `Unit::bytes` every message is valid.
///
/// *Thread safety*: distinct objects from any threads; a server gives each connection its copy.
class CharCountHandler {
public:
    /// Counts code points.
    CharCountHandler() = default;

    /// Counts the given unit.
    explicit CharCountHandler(Unit unit) noexcept : unit_(unit) {}

    /// The reply to a whole message; leaves a message that arrives in pieces alone.
    [[nodiscard]] CountReply operator()(std::string_view message) const noexcept {
        if (unit_ == Unit::bytes) return CountReply(message.size());
        const Utf8Scan scan = scan_utf8(message);
        if (scan.status != Utf8Status::valid) return CountReply::invalid_utf8(scan.valid_bytes);
        return CountReply(unit_ == Unit::code_points ? scan.code_points : scan.utf16_units);
    }

    /// Takes the next piece of a message of any length, in constant memory.
    void on_chunk(std::string_view piece) noexcept {
        bytes_ += piece.size();
        if (unit_ != Unit::bytes) utf8_.feed(piece);
    }

    /// Ends the message: its reply. The next piece begins another message.
    [[nodiscard]] CountReply on_end() noexcept {
        utf8_.finish();
        const CountReply reply =
            utf8_.valid() ? CountReply(count()) : CountReply::invalid_utf8(utf8_.error_offset());
        utf8_.reset();
        bytes_ = 0;
        return reply;
    }

private:
    [[nodiscard]] std::uint64_t count() const noexcept {
        switch (unit_) {
            case Unit::code_points:
                return utf8_.code_points();
            case Unit::bytes:
                return bytes_;
            case Unit::utf16_units:
                return utf8_.utf16_units();
        }
        return 0;
    }

    Unit unit_ = Unit::code_points;
    std::uint64_t bytes_ = 0;
    Utf8Counter utf8_;
};

}  // namespace charcount

#endif
