// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// PeerLink: where pushes from any thread meet the one driver of a connection.

#ifndef CHARCOUNT_DETAIL_PEER_LINK_HPP
#define CHARCOUNT_DETAIL_PEER_LINK_HPP

#include <algorithm>
#include <atomic>
#include <charcount/byte_buffer.hpp>
#include <charcount/detail/spare_buffer.hpp>
#include <charcount/error.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount {

/// What happens to a push when a connection has as many bytes waiting as it may.
enum class PushPolicy {
    block,       ///< the sender waits for room, up to the write deadline; within a handler: as drop
    drop,        ///< the message is not sent, and the sender is told
    disconnect,  ///< the connection ends with `errc::output_overflow`
};

namespace detail {

/// What limits pushes to one connection.
struct PushLimits {
    std::size_t max_pending_bytes;
    PushPolicy policy;
    std::chrono::milliseconds max_wait;
};

/// The lock of the pushes and their limits, shared by the connections of one loop to keep each
/// of them small. It outlives the server where a peer does.
struct PushGate {
    explicit PushGate(const PushLimits& push_limits) noexcept : limits(push_limits) {}

    const PushLimits limits;
    std::mutex mutex;
    std::condition_variable room;
    std::atomic<unsigned> waiting = 0;
};

/// Marks a thread that runs a connection's code: it must not wait for a connection's output.
class DriverScope {
public:
    DriverScope() noexcept { ++depth(); }
    ~DriverScope() { --depth(); }
    DriverScope(const DriverScope&) = delete;
    DriverScope& operator=(const DriverScope&) = delete;

    [[nodiscard]] static bool is_active() noexcept { return depth() > 0; }

private:
    static int& depth() noexcept {
        thread_local int value = 0;
        return value;
    }
};

/// The shared end of a connection: senders queue here, the driver collects.
///
///     any thread:  push ──> queued_ ──┐ wake() once
///     driver:                         └─ collect ──> Outbox ──> socket
///
/// *Thread safety*: the public functions, except those under "the driver's side".
class PeerLink : public std::enable_shared_from_this<PeerLink> {
public:
    explicit PeerLink(std::shared_ptr<PushGate> gate) noexcept : gate_(std::move(gate)) {}
    PeerLink(const PeerLink&) = delete;
    PeerLink& operator=(const PeerLink&) = delete;

    /// Queues a message, as the policy allows.
    std::error_code push(std::string_view message) {
        std::unique_lock lock(gate_->mutex);
        if (gate_->limits.policy == PushPolicy::block) wait_for_room(lock, message.size());
        if (state_ != State::open) return errc::connection_closed;
        if (has_room(message.size())) {
            encode(queued_.bytes(), message);
            ask_for_attention();
            return {};
        }
        if (gate_->limits.policy == PushPolicy::disconnect) {
            state_ = State::overflowed;
            ask_for_attention();
        }
        return errc::output_overflow;
    }

    /// Asks for an orderly close.
    void request_close() {
        const std::lock_guard lock(gate_->mutex);
        if (state_ != State::open) return;
        state_ = State::close_requested;
        wake_senders();
        ask_for_attention();
    }

    [[nodiscard]] bool is_open() const {
        const std::lock_guard lock(gate_->mutex);
        return state_ == State::open;
    }

    [[nodiscard]] virtual std::string remote_host() const = 0;
    [[nodiscard]] virtual std::uint16_t remote_port() const = 0;

    /// How many bytes may wait to be sent; one at least, so that one of none is not too many.
    [[nodiscard]] std::size_t max_pending_bytes() const noexcept {
        return std::max<std::size_t>(gate_->limits.max_pending_bytes, 1);
    }

    // The driver's side: one thread at a time.

    enum class State : unsigned char { open, close_requested, overflowed, closed };

    /// Something was pushed or asked for since the last `collect`.
    [[nodiscard]] bool needs_attention() const noexcept {
        return attention_.load(std::memory_order_acquire);
    }

    /// Moves what was pushed to the end of `out`.
    State collect(ByteBuffer& out) {
        const std::lock_guard lock(gate_->mutex);
        attention_.store(false, std::memory_order_release);
        pending_bytes_.store(pending_bytes_.load(std::memory_order_relaxed) + queued_.size(),
                             std::memory_order_relaxed);
        if (out.empty() && !queued_.empty()) {
            out.swap(queued_.bytes());
        } else {
            out.append(queued_.view());
        }
        queued_.clear();
        return state_;
    }

    /// Tells senders how many bytes wait to be sent.
    void publish_pending(std::size_t bytes) {
        if (pending_bytes_.load(std::memory_order_relaxed) == bytes) return;
        if (gate_->limits.policy != PushPolicy::block)  // nobody waits
            return pending_bytes_.store(bytes, std::memory_order_relaxed);
        pending_bytes_.store(bytes, std::memory_order_seq_cst);
        if (gate_->waiting.load(std::memory_order_seq_cst) == 0) return;
        const std::lock_guard lock(gate_->mutex);
        wake_senders();
    }

    /// The conversation is ending: what was pushed before still goes out, no more is taken.
    void refuse() {
        const std::lock_guard lock(gate_->mutex);
        if (state_ == State::open) state_ = State::close_requested;
        wake_senders();
    }

    /// Gives memory back that is not in use.
    void release_memory() {
        const std::lock_guard lock(gate_->mutex);
        queued_.release_memory();
    }

    /// No more pushes: the connection ends. Bytes that were never collected are counted.
    std::size_t shut() {
        const std::lock_guard lock(gate_->mutex);
        state_ = State::closed;
        wake_senders();
        return std::exchange(queued_, {}).size();
    }

protected:
    ~PeerLink() = default;

    /// Makes the driver call `collect` soon. Called from any thread, with the gate locked: so
    /// never after `shut`, when the driver may be gone. It only notifies.
    virtual void wake() = 0;

    /// Appends a message as it goes over the wire. Called from any thread.
    virtual void encode(ByteBuffer& out, std::string_view message) const = 0;

private:
    /// Those that wait for room, to see what has changed. With the gate locked.
    void wake_senders() noexcept {
        if (gate_->waiting.load(std::memory_order_relaxed) > 0) gate_->room.notify_all();
    }

    /// Wakes the driver once, until it has collected.
    void ask_for_attention() {
        if (!attention_.exchange(true, std::memory_order_acq_rel)) wake();
    }

    /// A message over the limit by itself may go when nothing else waits.
    [[nodiscard]] bool has_room(std::size_t size) const noexcept {
        const std::size_t pending = pending_bytes_.load(std::memory_order_seq_cst) + queued_.size();
        return pending == 0 || (pending <= gate_->limits.max_pending_bytes &&
                                size <= gate_->limits.max_pending_bytes - pending);
    }

    void wait_for_room(std::unique_lock<std::mutex>& lock, std::size_t size) {
        const auto has_ended_or_room = [&] { return state_ != State::open || has_room(size); };
        if (DriverScope::is_active() || has_ended_or_room()) return;
        gate_->waiting.fetch_add(1, std::memory_order_seq_cst);
        if (gate_->limits.max_wait.count() == 0) {
            gate_->room.wait(lock, has_ended_or_room);
        } else {
            gate_->room.wait_for(lock, gate_->limits.max_wait, has_ended_or_room);
        }
        gate_->waiting.fetch_sub(1, std::memory_order_seq_cst);
    }

    std::shared_ptr<PushGate> gate_;
    SpareBuffer queued_;
    std::atomic<std::size_t> pending_bytes_ = 0;
    State state_ = State::open;
    std::atomic<bool> attention_ = false;
};

}  // namespace detail
}  // namespace charcount

#endif
