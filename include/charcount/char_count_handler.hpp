// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The default handler: replies to each message with the number of its characters.

#ifndef CHARCOUNT_CHAR_COUNT_HANDLER_HPP
#define CHARCOUNT_CHAR_COUNT_HANDLER_HPP

#include <charcount/count_reply.hpp>
#include <charcount/detail/utf8/kernels.hpp>
#include <charcount/detail/utf8/pieces.hpp>
#include <charcount/detail/utf8/short_load.hpp>
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
        // In ASCII each byte is one of any unit.
        if (unit_ == Unit::bytes || detail::utf8::is_ascii_at_a_glance(message))
            return CountReply(message.size());
        return scan_and_reply(message);
    }

    /// Takes the next piece of a message of any length, in constant memory.
    void on_chunk(std::string_view piece) noexcept {
        if (unit_ == Unit::bytes) {
            count_ += piece.size();
        } else {
            pieces_.feed(piece, [this](std::string_view part) noexcept {
                const Utf8Scan scan = scan_utf8(part);
                count_ += count_in(scan);
                return scan;
            });
        }
    }

    /// Ends the message: its reply. The next piece begins another message.
    [[nodiscard]] CountReply on_end() noexcept {
        pieces_.finish();
        const CountReply reply =
            pieces_.valid() ? CountReply(count_) : CountReply::invalid_utf8(pieces_.valid_bytes());
        pieces_ = {};
        count_ = 0;
        return reply;
    }

private:
    /// Apart from the usual case, which is then short enough to stand where it is called.
    [[gnu::noinline]] CountReply scan_and_reply(std::string_view message) const noexcept {
        const Utf8Scan scan = detail::utf8::scan_by_kernel(message);
        if (scan.status != Utf8Status::valid) return CountReply::invalid_utf8(scan.valid_bytes);
        return CountReply(count_in(scan));
    }

    [[nodiscard]] std::uint64_t count_in(const Utf8Scan& scan) const noexcept {
        return unit_ == Unit::code_points ? scan.code_points : scan.utf16_units;
    }

    // What comes in pieces: a connection has one of these, so it holds no more than one count.
    std::uint64_t count_ = 0;
    detail::utf8::Pieces pieces_;
    Unit unit_ = Unit::code_points;
};

}  // namespace charcount

#endif
