// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Counts graphemes, what a reader calls a character, by utf8proc; the target charcount::graphemes.

#ifndef CHARCOUNT_GRAPHEMES_HPP
#define CHARCOUNT_GRAPHEMES_HPP

#include <charcount/count_reply.hpp>
#include <charcount/detail/utf8/cluster_starts.hpp>
#include <charcount/detail/utf8/pieces.hpp>
#include <charcount/utf8.hpp>
#include <charcount/utf8_scan.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace charcount {

/// What `scan_graphemes` found; the count is that of the valid prefix.
struct GraphemeScan {
    std::size_t graphemes = 0;              ///< extended grapheme clusters
    std::size_t valid_bytes = 0;            ///< length of the valid prefix; an error starts there
    Utf8Status status = Utf8Status::valid;  ///< of all bytes

    /// Whether all members are equal.
    friend bool operator==(const GraphemeScan&, const GraphemeScan&) = default;
};

/// Validates `bytes` as `scan_utf8` does and counts the extended grapheme clusters of the valid
/// prefix: a letter with its accents, a flag, a family emoji or CR LF is one.
///
/// The clusters are those of the Unicode version that utf8proc knows.
///
/// *Source*: Unicode Standard Annex 29, section 3.
[[nodiscard]] inline GraphemeScan scan_graphemes(std::string_view bytes) noexcept {
    const Utf8Scan scan = scan_utf8(bytes);
    const std::string_view text = bytes.substr(0, scan.valid_bytes);
    return {detail::utf8::ClusterStarts().count(text), scan.valid_bytes, scan.status};
}

/// Validates and counts a stream that arrives in pieces, cut anywhere, in constant memory.
///
/// *Thread safety*: distinct objects from any threads; one object from one thread at a time.
class GraphemeCounter {
public:
    /// Takes the next piece; after an error further bytes are ignored.
    void feed(std::string_view bytes) noexcept {
        pieces_.feed(bytes, [this](std::string_view part) noexcept {
            const Utf8Scan scan = scan_utf8(part);
            graphemes_ += starts_.count(part.substr(0, scan.valid_bytes));
            return scan;
        });
    }

    /// Ends the stream: a sequence whose end is missing becomes an error at its first byte.
    void finish() noexcept { pieces_.finish(); }

    /// Forgets everything, ready for another stream.
    void reset() noexcept { *this = GraphemeCounter{}; }

    /// Grapheme clusters that have begun so far, up to the first error; the last one may go on.
    [[nodiscard]] std::uint64_t graphemes() const noexcept { return graphemes_; }

    /// Whether no error was found so far; final after `finish`.
    [[nodiscard]] bool valid() const noexcept { return pieces_.valid(); }

    /// Where the error starts, in bytes from the stream's start; while `valid`, the length of the
    /// complete sequences so far.
    [[nodiscard]] std::uint64_t error_offset() const noexcept { return pieces_.valid_bytes(); }

private:
    std::uint64_t graphemes_ = 0;
    detail::utf8::ClusterStarts starts_;
    detail::utf8::Pieces pieces_;
};

/// Replies with the number of graphemes in decimal, or `error: invalid UTF-8 at byte N`, where N
/// is that of `CharCountHandler`.
///
/// *Thread safety*: distinct objects from any threads; a server gives each connection its copy.
class GraphemeCountHandler {
public:
    /// The reply to a whole message; leaves a message that arrives in pieces alone.
    [[nodiscard]] CountReply operator()(std::string_view message) const {
        const GraphemeScan scan = scan_graphemes(message);
        if (scan.status != Utf8Status::valid) return CountReply::invalid_utf8(scan.valid_bytes);
        return CountReply(scan.graphemes);
    }

    /// Takes the next piece of a message of any length, in constant memory.
    void on_chunk(std::string_view piece) noexcept { counter_.feed(piece); }

    /// Ends the message: its reply. The next piece begins another message.
    [[nodiscard]] CountReply on_end() {
        counter_.finish();
        const CountReply reply = counter_.valid()
                                     ? CountReply(counter_.graphemes())
                                     : CountReply::invalid_utf8(counter_.error_offset());
        counter_.reset();
        return reply;
    }

private:
    GraphemeCounter counter_;
};

}  // namespace charcount

#endif
