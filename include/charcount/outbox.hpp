// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Outbox: bytes to send, in order, that never move while the kernel has them.

#ifndef CHARCOUNT_OUTBOX_HPP
#define CHARCOUNT_OUTBOX_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/detail/spare_buffer.hpp>
#include <cstddef>
#include <string_view>

namespace charcount {

/// Collects replies and pushes, and hands them out as few, large runs of bytes.
///
///     front:  | sent | sent | to send | to send |     frozen once it is handed out
///     back:   | queued | queued |                     grows meanwhile; is the next front
///
/// *Thread safety*: none; one connection's driver uses it.
class Outbox {
public:
    /// Where to append bytes that are to be sent after all others.
    [[nodiscard]] ByteBuffer& back() { return is_handed_out_ ? back_.bytes() : front_; }

    /// Bytes that are not sent yet.
    [[nodiscard]] std::size_t size() const noexcept { return front_.size() - sent_ + back_.size(); }

    /// Whether all bytes are sent.
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// The next bytes to send.
    ///
    /// *Lifetime*: valid and unmoved until `consume` has taken all of them, whatever is
    /// appended meanwhile.
    [[nodiscard]] std::string_view front() noexcept {
        is_handed_out_ = !front_.empty();
        return front_.view().substr(sent_);
    }

    /// The first `count` bytes of `front()` are sent.
    void consume(std::size_t count) noexcept {
        sent_ += count;
        if (sent_ < front_.size()) return;
        front_.clear();
        sent_ = 0;
        is_handed_out_ = false;
        if (!back_.empty()) front_.swap(back_.bytes());
    }

    /// Forgets what is not sent.
    void clear() noexcept {
        front_.clear();
        back_.clear();
        sent_ = 0;
        is_handed_out_ = false;
    }

    /// Gives memory back that is not in use. For a connection that has been quiet for a while.
    void release_memory() {
        if (!empty()) return;
        front_ = ByteBuffer();
        back_.release_memory();
        sent_ = 0;
    }

private:
    ByteBuffer front_;
    detail::SpareBuffer back_;
    std::size_t sent_ = 0;
    bool is_handed_out_ = false;
};

}  // namespace charcount

#endif
