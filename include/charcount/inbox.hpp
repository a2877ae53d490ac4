// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Inbox: received bytes in, messages out. It keeps only a message that is not complete yet.

#ifndef CHARCOUNT_INBOX_HPP
#define CHARCOUNT_INBOX_HPP

#include <algorithm>
#include <charcount/byte_buffer.hpp>
#include <charcount/detail/spare_buffer.hpp>
#include <charcount/framing/framing.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace charcount {

/// What `Inbox::next` found.
struct InboxPart {
    /// What became of the input.
    enum class Kind {
        nothing,   ///< the input is used up, no message ends here
        piece,     ///< bytes of a message that goes on
        end,       ///< the last bytes of a message, possibly none
        too_long,  ///< the message is longer than the limit; the stream is not usable any more
    };
    Kind kind = Kind::nothing;    ///< which of these it is
    std::string_view bytes = {};  ///< valid until the next call, as the input is
};

/// Cuts received bytes into messages by a framing and checks their size.
///
///     read 1:  | h | i | LF | b | o |       messages "hi"; "bo" is kept
///     read 2:  | b | LF | x | LF |          messages "bob" (joined), "x" (a view into read 2)
///
/// A message that lies whole in one read is never copied. Pieces can be taken as they come
/// (`next`), or joined to whole messages (`join`).
///
/// *Thread safety*: none; one connection's driver uses it.
template <Framing F>
class Inbox {
public:
    /// `max_message_bytes`: the longest message that is accepted, in bytes without its framing.
    explicit Inbox(std::uint64_t max_message_bytes, F framing = {})
        : framing_(std::move(framing)), max_message_bytes_(max_message_bytes) {}

    /// Takes the next part from the front of `input`. Call it until it finds `nothing`.
    /// `more_follows`: the socket holds more than `input`; see `Framing`.
    [[nodiscard]] InboxPart next(std::string_view& input, bool more_follows) {
        const FramePart part = decode(input, more_follows);
        input.remove_prefix(part.consumed);
        size_ += part.body.size();
        if (is_too_long(part)) return {.kind = InboxPart::Kind::too_long};
        if (part.complete) return end_of_message(part.body);
        if (part.body.empty()) return {};
        return {.kind = InboxPart::Kind::piece, .bytes = part.body};
    }

    /// Takes a message that lies whole at the front of `input`, as most of them do, in one step.
    /// False: there is none, or it is too long, or the framing can't tell; `next` then goes on.
    [[nodiscard]] bool take_whole(std::string_view& input, std::string_view& message) {
        if constexpr (WholeFraming<F>) {
            if (framing_.in_message()) return false;
            const FramePart part = F::decode_whole(input);
            if (!part.complete || part.body.size() > max_message_bytes_) return false;
            input.remove_prefix(part.consumed);
            message = part.body;
            return true;
        }
        return false;
    }

    /// The peer has half-closed: the last message, if the framing lets the stream's end be one.
    [[nodiscard]] InboxPart end_of_stream() {
        const FramePart part = framing_.end_of_stream();
        if (!part.complete) return {};
        size_ += part.body.size();
        if (is_too_long(part)) return {.kind = InboxPart::Kind::too_long};
        return end_of_message(part.body);
    }

    /// Joins a part to what is kept of its message; true when `message` is whole.
    ///
    /// *Lifetime*: `message` is valid until the next `join`, as long as the input of its last
    /// part is.
    [[nodiscard]] bool join(const InboxPart& part, std::string_view& message) {
        if (std::exchange(joined_is_spent_, false)) kept_.clear();
        if (part.kind == InboxPart::Kind::piece) {
            kept_.bytes().append(part.bytes);
            return false;
        }
        message = part.bytes;
        if (kept_.empty()) return true;
        message = kept_.bytes().append(part.bytes);
        joined_is_spent_ = true;
        return true;
    }

    /// A message has begun and is not complete.
    [[nodiscard]] bool in_message() const noexcept { return framing_.in_message(); }

    /// The longest message that is accepted, in bytes.
    [[nodiscard]] std::uint64_t max_message_bytes() const noexcept { return max_message_bytes_; }

    /// Gives memory back that is not in use. For a connection that has been quiet for a while.
    void release_memory() {
        if (std::exchange(joined_is_spent_, false)) kept_.clear();
        kept_.release_memory();
    }

private:
    /// A framing that splits at the limit never sees more than what fits. What it holds counts,
    /// and when that fills a message by itself, it has to go. (Nothing can be split to nothing.)
    FramePart decode(std::string_view input, bool more_follows) {
        if constexpr (F::splits_at_limit) {
            const std::uint64_t used = size_ + framing_.held_bytes();
            const std::uint64_t room = max_message_bytes_ - std::min(used, max_message_bytes_);
            if (input.size() > room && max_message_bytes_ > 0) {
                if (room == 0 && size_ == 0) return framing_.end_of_stream();
                return framing_.decode(input.substr(0, static_cast<std::size_t>(room)), false);
            }
        }
        return framing_.decode(input, more_follows);
    }

    [[nodiscard]] bool is_too_long(const FramePart& part) const noexcept {
        return size_ > max_message_bytes_ || part.bytes_to_come > max_message_bytes_ - size_;
    }

    InboxPart end_of_message(std::string_view bytes) noexcept {
        size_ = 0;
        return {.kind = InboxPart::Kind::end, .bytes = bytes};
    }

    [[no_unique_address]] F framing_;
    bool joined_is_spent_ = false;
    std::uint64_t max_message_bytes_;
    std::uint64_t size_ = 0;    ///< bytes of the current message so far
    detail::SpareBuffer kept_;  ///< the beginning of a message that is not complete
};

}  // namespace charcount

#endif
