// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ClientOutput: the calls of an asynchronous client that are not sent yet, and their bytes.

#ifndef CHARCOUNT_DETAIL_CLIENT_OUTPUT_HPP
#define CHARCOUNT_DETAIL_CLIENT_OUTPUT_HPP

#include <algorithm>
#include <charcount/byte_buffer.hpp>
#include <charcount/outbox.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <utility>

namespace charcount::detail {

/// Calls queue here with their bytes, go to the outbox together, and leave when they are sent.
///
///     queue ──> queued ──(gather: to the outbox, many in one write)──> sending ──(written)──> sent
///
/// *Thread safety*: none; one client uses it.
template <class Operation>
class ClientOutput {
public:
    using Shared = std::shared_ptr<Operation>;
    using Queue = std::deque<Shared>;

    /// Whether so many bytes more are within the limit. A single message always is, and so is a
    /// call without bytes.
    [[nodiscard]] bool has_room(std::size_t size, std::size_t limit) const noexcept {
        const std::size_t pending = queued_bytes_ + outbox_.size();
        return size == 0 || pending == 0 || (size <= limit && pending <= limit - size);
    }

    void queue(const Shared& operation) {
        queued_bytes_ += operation->output.size();
        queued_.push_back(operation);
    }

    /// Takes a call out that is queued.
    void remove(const Shared& operation) {
        queued_bytes_ -= operation->output.size();
        queued_.erase(std::find(queued_.begin(), queued_.end(), operation));
    }

    /// Moves what is queued to the outbox, unless that is being sent; tells `begun` of each call.
    template <class Begun>
    void gather(const Begun& begun) {
        if (!outbox_.empty()) return;
        for (const Shared& operation : std::exchange(queued_, {})) {
            outbox_.back().append(operation->output);
            gathered_bytes_ += operation->output.size();
            operation->output = ByteBuffer();
            operation->ends_at = gathered_bytes_;
            sending_.push_back(operation);
            begun(operation);
        }
        queued_bytes_ = 0;
    }

    /// The next bytes to write; see `Outbox`.
    [[nodiscard]] std::string_view front() noexcept { return outbox_.front(); }

    /// So many bytes were written; tells `sent` of each call that they complete.
    template <class Sent>
    void written(std::size_t size, const Sent& sent) {
        outbox_.consume(size);
        sent_bytes_ += size;
        while (!sending_.empty() && sending_.front()->ends_at <= sent_bytes_) {
            const Shared operation = std::move(sending_.front());
            sending_.pop_front();
            sent(operation);
        }
    }

    /// Forgets the bytes, and returns the calls that were not sent, in order.
    [[nodiscard]] Queue clear() {
        outbox_.clear();
        queued_bytes_ = 0;
        gathered_bytes_ = sent_bytes_ = 0;
        Queue calls = std::exchange(sending_, {});
        for (const Shared& operation : std::exchange(queued_, {})) calls.push_back(operation);
        return calls;
    }

private:
    Outbox outbox_;
    Queue queued_;
    Queue sending_;
    std::size_t queued_bytes_ = 0;
    std::uint64_t gathered_bytes_ = 0;  ///< the output stream's length with what is in the outbox
    std::uint64_t sent_bytes_ = 0;
};

}  // namespace charcount::detail

#endif
