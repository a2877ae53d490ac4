// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryEnd: one end of a connection in memory, with the manners of TCP.

#ifndef CHARCOUNT_DETAIL_MEMORY_PIPE_HPP
#define CHARCOUNT_DETAIL_MEMORY_PIPE_HPP

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/memory_endpoint.hpp>
#include <charcount/detail/memory_network.hpp>
#include <charcount/detail/memory_operation.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// What one end writes is at the other at once, as far as there is room.
///
///     write ──> | received_ of the other end |──> read
///     shutdown or close: the other end reads all, then eof
///     close with bytes unread, or a write to a closed end: a reset. The end that is reset loses
///     what it had not read, fails once with connection_reset, then reads eof and writes in vain.
///
/// *Thread safety*: none; the network's lock is held.
class MemoryEnd final : public MemoryTarget {
public:
    explicit MemoryEnd(MemorySide which) noexcept : side(which) {}

    /// Makes two ends a connection.
    static void join(const std::shared_ptr<MemoryEnd>& client, MemoryEndpoint client_endpoint,
                     const std::shared_ptr<MemoryEnd>& server, MemoryEndpoint server_endpoint,
                     std::size_t capacity) {
        client->become_connected(server, client_endpoint, server_endpoint, capacity);
        server->become_connected(client, server_endpoint, client_endpoint, capacity);
    }

    void become_connecting() noexcept { state_ = State::connecting; }

    void refuse(MemoryLock& lock) {
        if (state_ != State::connecting) return;
        state_ = State::unconnected;
        error_ = asio::error::connection_refused;
        lock.touch(shared_from_this());
    }

    /// What a connect that has ended came to.
    [[nodiscard]] std::error_code connect_result() noexcept { return std::exchange(error_, {}); }

    [[nodiscard]] bool is_connecting() const noexcept { return state_ == State::connecting; }
    [[nodiscard]] bool is_connected() const noexcept { return state_ == State::connected; }

    /// A read would not wait.
    [[nodiscard]] bool is_readable() const noexcept {
        if (state_ == State::connecting) return false;
        return state_ != State::connected || available() > 0 || input_has_ended_ || error_;
    }

    /// A write would not wait.
    [[nodiscard]] bool is_writable() const noexcept {
        if (state_ == State::connecting) return false;
        return state_ != State::connected || output_has_ended_ || error_ || room() > 0;
    }

    /// Nothing more can come of it.
    [[nodiscard]] bool has_failed() const noexcept {
        return error_ || (input_has_ended_ && output_has_ended_);
    }

    [[nodiscard]] std::size_t available() const noexcept { return received_.size() - taken_; }

    template <class Buffers>
    std::size_t read(MemoryLock& lock, const Buffers& buffers, std::error_code& error) {
        const std::size_t wanted = std::min(asio::buffer_size(buffers), available());
        error.clear();
        if (asio::buffer_size(buffers) == 0) return 0;
        if (wanted > 0) {
            const std::size_t size = lock.network().faults.read_size(side, wanted);
            asio::buffer_copy(buffers, asio::buffer(received_.data() + taken_, size));
            forget(size);
            lock.touch(other_.lock());
            return size;
        }
        if (error_) {
            error = std::exchange(error_, {});
        } else if (state_ != State::connected) {
            error = asio::error::not_connected;
        } else if (input_has_ended_) {
            error = asio::error::eof;
        } else {
            error = asio::error::would_block;
        }
        return 0;
    }

    template <class Buffers>
    std::size_t write(MemoryLock& lock, const Buffers& buffers, std::error_code& error) {
        const std::size_t wanted = asio::buffer_size(buffers);
        error = write_error(wanted);
        if (error || wanted == 0) return 0;
        const auto other = other_.lock();
        if (!other || !other->is_connected()) {  // nobody is there: the answer is a reset
            be_reset(lock);
            return wanted;
        }
        const std::size_t size =
            lock.network().faults.write_size(side, std::min(wanted, other->free_bytes()));
        const std::size_t end = other->received_.size();
        other->received_.resize(end + size);
        asio::buffer_copy(asio::buffer(other->received_.data() + end, size), buffers);
        lock.touch(other);
        return size;
    }

    void shut_down(MemoryLock& lock, asio::socket_base::shutdown_type what,
                   std::error_code& error) {
        error = lock.begin_and_complete(MemoryStep::shutdown, side);
        if (!error && (!is_connected() || has_been_reset_)) error = asio::error::not_connected;
        if (error) return;
        if (what != asio::socket_base::shutdown_receive) end_output(lock);
        if (what != asio::socket_base::shutdown_send) input_has_ended_ = true;
        lock.touch(shared_from_this());
    }

    /// The coming close is a reset, whatever was read.
    void reset_on_close() noexcept { resets_on_close_ = true; }

    void close(MemoryLock& lock) {
        abort_all(asio::error::operation_aborted);
        // A thread that closes without having waited has something to do until it ends.
        if (is_unattended()) MemoryThread::current(lock.network());
        attend(lock);
        disconnect(lock);
        state_ = State::closed;
    }

    /// Ends the connection, or the attempt to make one, as a close does.
    void disconnect(MemoryLock& lock) {
        const auto other = other_.lock();
        if (is_connected() && other) {
            if (available() > 0 || resets_on_close_) other->be_reset(lock);
            end_output(lock);
        }
        state_ = State::unconnected;
    }

    const MemorySide side;
    MemoryEndpoint local;
    MemoryEndpoint remote;

private:
    enum class State : unsigned char { unconnected, connecting, connected, closed };

    void become_connected(const std::shared_ptr<MemoryEnd>& other, MemoryEndpoint here,
                          MemoryEndpoint there, std::size_t capacity) {
        state_ = State::connected;
        other_ = other;
        local = here;
        remote = there;
        capacity_ = capacity;
    }

    [[nodiscard]] std::size_t free_bytes() const noexcept {
        return capacity_ - std::min(capacity_, available());
    }

    /// How much a write moves at most. An end that is gone takes everything.
    [[nodiscard]] std::size_t room() const noexcept {
        const auto other = other_.lock();
        return other && other->is_connected() ? other->free_bytes() : capacity_;
    }

    [[nodiscard]] std::error_code write_error(std::size_t wanted) noexcept {
        if (error_) return std::exchange(error_, {});
        if (!is_connected()) return asio::error::not_connected;
        if (output_has_ended_) return asio::error::broken_pipe;
        if (wanted > 0 && room() == 0) return asio::error::would_block;
        return {};
    }

    void forget(std::size_t size) {
        taken_ += size;
        if (taken_ < received_.size() && taken_ < capacity_) return;
        received_.erase(0, taken_);
        taken_ = 0;
    }

    void end_output(MemoryLock& lock) {
        output_has_ended_ = true;
        const auto other = other_.lock();
        if (!other) return;
        other->input_has_ended_ = true;
        lock.touch(other);
    }

    void be_reset(MemoryLock& lock) {
        error_ = asio::error::connection_reset;
        has_been_reset_ = input_has_ended_ = output_has_ended_ = true;
        received_.clear();
        taken_ = 0;
        lock.touch(shared_from_this());
    }

    std::weak_ptr<MemoryEnd> other_;
    std::string received_;   ///< what the other end wrote
    std::size_t taken_ = 0;  ///< how much of it was read
    std::size_t capacity_ = 0;
    std::error_code error_;  ///< told once
    State state_ = State::unconnected;
    bool input_has_ended_ = false;
    bool output_has_ended_ = false;
    bool has_been_reset_ = false;
    bool resets_on_close_ = false;
};

}  // namespace charcount::detail

#endif
