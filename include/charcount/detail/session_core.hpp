// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SessionCore: a conversation and its socket; what both session drivers do without waiting.

#ifndef CHARCOUNT_DETAIL_SESSION_CORE_HPP
#define CHARCOUNT_DETAIL_SESSION_CORE_HPP

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <charcount/byte_buffer.hpp>
#include <charcount/conversation.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/detail/session_socket.hpp>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Moves bytes between a socket and a conversation as far as that is possible at once. `Base` is
/// what one of the two drivers is without its conversation; it derives from `SessionSocket`. What
/// derives from here waits: on a loop, or by blocking.
template <class H, class F, class Base>
class SessionCore : public Base {
public:
    using typename Base::Endpoint;
    using typename Base::Socket;
    using typename Base::TimePoint;

    /// `base`: what the base is made of, but for `config`.
    template <class... Args>
    SessionCore(const SessionConfig& config, const H& handler, const F& framing, Args&&... base)
        : Base(config, std::forward<Args>(base)...),
          conversation_(handler, config.conversation, this, framing) {}

protected:
    using typename Base::Clock;
    using typename Base::Stream;

    ~SessionCore() = default;

    void encode(ByteBuffer& out, std::string_view message) const override {
        F::encode(out, message);
    }

    void open() {
        Stream::prepare_accepted(*socket_, failure_);
        conversation_.open();
    }

    /// Reads once; returns 0 when there was nothing, or no more will come.
    std::size_t read_now(std::span<char> buffer) {
        std::error_code error;
        const std::size_t count =
            socket_->read_some(asio::buffer(buffer.data(), buffer.size()), error);
        note_read(buffer, count, error);
        return count;
    }

    void note_read(std::span<char> buffer, std::size_t count, std::error_code error) {
        if (count > 0) {
            take(buffer.first(count), count == buffer.size());
        } else if (error != asio::error::would_block) {
            end_of_input(error);
        }
    }

    /// Hands over bytes that were read. `more_follows`: the buffer was too small for all.
    void take(std::span<const char> bytes, bool more_follows) {
        has_received_ = true;
        has_promised_more_ = more_follows;
        this->counters().received(bytes.size());
        conversation_.receive({bytes.data(), bytes.size()}, more_follows);
    }

    /// Reads what the socket holds, as far as the conversation takes it, but not for ever:
    /// others have their turn. Returns whether the socket may hold more.
    /// `to_end`: there may be more, or the stream's end, behind what a read gets, be it less than
    /// it asked for.
    bool read_available(std::span<char> buffer, bool to_end = false) {
        bool may_hold_more = true;
        for (std::size_t total = 0; total < max_bytes_per_turn && may_hold_more;) {
            if (failure_ || !conversation_.wants_input()) break;
            const std::size_t count = read_now(buffer);
            total += count;
            may_hold_more = count == buffer.size() || (to_end && count > 0);
        }
        if (std::exchange(has_promised_more_, false) && !failure_) conversation_.receive({}, false);
        return may_hold_more;
    }

    void end_of_input(std::error_code error) {
        if (error != asio::error::eof) {
            failure_ = error;
            return;
        }
        peer_has_ended_ = true;
        conversation_.end_of_stream();
    }

    /// Writes until nothing is left or the socket takes no more.
    void write_now() {
        while (!failure_) {
            const std::string_view bytes = conversation_.output();
            if (bytes.empty()) return;
            std::error_code error;
            const std::size_t count =
                socket_->write_some(asio::buffer(bytes.data(), bytes.size()), error);
            if (count > 0) {
                written(count);
            } else {
                if (error != asio::error::would_block) failure_ = error;
                return;
            }
        }
    }

    void written(std::size_t count) {
        has_sent_ = true;
        this->counters().sent(count);
        conversation_.consume(count);
    }

    /// While draining: reads once from what had arrived when it began; true when that gave work to
    /// do. A peer that never stops sending can't keep it going.
    bool drain_step(std::span<char> buffer) {
        if (failure_ || !conversation_.wants_input()) return false;
        std::error_code error;
        if (drain_left_ == not_asked) drain_left_ = socket_->available(error);
        if (drain_left_ > 0) {
            const std::size_t count = read_now(buffer.first(std::min(buffer.size(), drain_left_)));
            drain_left_ = count > 0 ? drain_left_ - count : 0;
        }
        if (drain_left_ == 0) {
            read_now(buffer);  // the peer's end may stand behind what had arrived
            conversation_.receive({}, false);
            conversation_.finish();
        }
        return true;
    }

    /// When all is said: refuses pushes from now on, which would be lost; true when one that was
    /// taken before still has to go out.
    bool has_late_push() {
        if (failure_ || !conversation_.finished()) return false;
        this->refuse();
        return this->needs_attention();
    }

    void count_messages() {
        this->counters().answered(conversation_.messages() - deadlines_.messages());
    }

    /// Notes what happened since the last time and what the conversation is at; after
    /// `count_messages`. The clock is read here alone, once a turn.
    void note_times() {
        const TimePoint now = Clock::now();
        if (std::exchange(has_received_, false)) deadlines_.bytes_moved(now);
        if (std::exchange(has_sent_, false)) deadlines_.output_progressed(now);
        deadlines_.update(now, {.messages = conversation_.messages(),
                                .in_message = conversation_.in_message(),
                                .has_output = conversation_.pending_output() > 0,
                                .is_awaiting = conversation_.is_awaiting()});
    }

    /// Does what a deadline that has passed asks for.
    void check_deadlines(TimePoint now) {
        const std::error_code expired = deadlines_.expired(now, config_.timeouts);
        if (expired == errc::write_timed_out) {
            failure_ = expired;
        } else if (expired == errc::message_timed_out) {
            conversation_.reject(expired, "the message did not arrive in time");
        } else if (expired) {
            conversation_.finish(expired);
        }
    }

    /// Closes. Output that can't be sent any more is lost, which the peer learns by a reset.
    SessionEnd end(std::error_code error) {
        this->close_socket(conversation_.pending_output() > 0);
        conversation_.close(error);
        return {.error = conversation_.error(), .unsent_bytes = conversation_.unsent_bytes()};
    }

    /// With the read that reaches it a connection's turn ends: a handler may take long over each
    /// message, and the others wait.
    static constexpr std::size_t max_bytes_per_turn = 256 * 1024;

    using Base::deadlines_;
    using Base::failure_;
    using Base::socket_;
    Conversation<H, F> conversation_;

private:
    using Base::config_;
    using Base::has_promised_more_;
    using Base::has_received_;
    using Base::has_sent_;
    using Base::peer_has_ended_;

    std::size_t drain_left_ = not_asked;  ///< bytes that had arrived when the server stopped

    static constexpr std::size_t not_asked = std::numeric_limits<std::size_t>::max();
};

}  // namespace charcount::detail

#endif
