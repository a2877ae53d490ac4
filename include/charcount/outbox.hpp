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

    /// Takes the memory of `spare`, which is empty, where there is none here. Outboxes that take
    /// turns, and send all in theirs, need one buffer for all of them.
    void borrow_memory(ByteBuffer& spare) noexcept {
        if (front_.capacity() == 0) front_.swap(spare);
    }

    /// Gives the memory on to `spare`, unless bytes wait to be sent, or it is too large to be kept.
    void return_memory(ByteBuffer& spare) noexcept {
        if (!empty()) return;
        if (front_.capacity() > max_lent_bytes) front_ = ByteBuffer();
        if (front_.capacity() > spare.capacity()) front_.swap(spare);
    }

private:
    static constexpr std::size_t max_lent_bytes = 64 * 1024;

    ByteBuffer front_;
    detail::SpareBuffer back_;
    std::size_t sent_ = 0;
    bool is_handed_out_ = false;
};

}  // namespace charcount

#endif
