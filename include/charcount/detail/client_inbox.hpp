// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ClientInbox: what a client has read, and the whole messages in it.

#ifndef CHARCOUNT_DETAIL_CLIENT_INBOX_HPP
#define CHARCOUNT_DETAIL_CLIENT_INBOX_HPP

#include <asio/buffer.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/inbox.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Reads go into its buffer; what no message was made of yet stays there.
///
/// *Thread safety*: none; one client uses it.
template <Framing F>
class ClientInbox {
public:
    ClientInbox(std::size_t buffer_size, std::uint64_t max_message_bytes, F framing)
        : buffer_size_(buffer_size), inbox_(max_message_bytes, std::move(framing)) {}

    /// Where to read into, once `next` has found no further message.
    [[nodiscard]] asio::mutable_buffer space() {
        if (!buffer_) buffer_.reset(new char[buffer_size_]);
        return asio::buffer(buffer_.get(), buffer_size_);
    }

    /// So many bytes were read. None: what was read before is all that has come.
    void fill(std::size_t count) noexcept {
        unread_ = {buffer_.get(), count};
        more_follows_ = count == buffer_size_;
    }

    /// Whether the last read filled the buffer. A framing whose messages end where nothing
    /// follows needs to know whether something does, so it has to be read on without waiting.
    [[nodiscard]] bool more_follows() const noexcept { return more_follows_; }

    /// Takes the next whole message out of what was read; false when more must be read first.
    /// *Errors*: `errc::message_too_long`.
    [[nodiscard]] bool next(std::string& message, std::error_code& error) {
        do {
            const InboxPart part = inbox_.next(unread_, more_follows_);
            if (part.kind == InboxPart::Kind::too_long) {
                error = errc::message_too_long;
                return false;
            }
            if (join(part, message)) return true;
        } while (!unread_.empty());
        return false;
    }

    /// Takes the message that the end of the stream completes.
    /// *Errors*: when it completes none: `errc::connection_closed`, `errc::message_truncated`.
    [[nodiscard]] bool last(std::string& message, std::error_code& error) {
        if (join(inbox_.end_of_stream(), message)) return true;
        error = inbox_.in_message() ? errc::message_truncated : errc::connection_closed;
        return false;
    }

private:
    bool join(const InboxPart& part, std::string& message) {
        std::string_view whole;
        if (part.kind == InboxPart::Kind::nothing || !inbox_.join(part, whole)) return false;
        message.assign(whole);
        return true;
    }

    std::size_t buffer_size_;
    Inbox<F> inbox_;
    std::unique_ptr<char[]> buffer_;
    std::string_view unread_;
    bool more_follows_ = false;
};

}  // namespace charcount::detail

#endif
