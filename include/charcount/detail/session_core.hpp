// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SessionCore: a conversation and its socket; what both session drivers do without waiting.

#ifndef CHARCOUNT_DETAIL_SESSION_CORE_HPP
#define CHARCOUNT_DETAIL_SESSION_CORE_HPP

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <charcount/byte_buffer.hpp>
#include <charcount/conversation.hpp>
#include <charcount/detail/peer_link.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Moves bytes between a socket and a conversation as far as that is possible at once. The
/// drivers that derive from it wait: one on a loop, one by blocking.
///
/// A failure of the connection is kept in `failure_`; the driver then closes.
template <class H, class F, class Transport>
class SessionCore : public PeerLink {
public:
    using Socket = typename Transport::Socket;
    using Stream = typename Transport::Stream;
    using Endpoint = typename Transport::Endpoint;
    using Clock = typename Transport::Clock;
    using TimePoint = typename Clock::time_point;

    /// Where this session stands in its server's registry.
    std::uint32_t registry_index = 0;

    [[nodiscard]] std::string remote_host() const override { return Stream::host(remote_); }
    [[nodiscard]] std::uint16_t remote_port() const override { return Stream::port(remote_); }

protected:
    SessionCore(std::shared_ptr<PushGate> gate, Socket socket, Endpoint remote,
                const SessionConfig& config, const H& handler, const F& framing)
        : PeerLink(std::move(gate)),
          socket_(std::move(socket)),
          remote_(std::move(remote)),
          config_(config),
          deadlines_(Clock::now()),
          conversation_(handler, config.conversation, this, framing) {}

    ~SessionCore() override = default;

    void encode(ByteBuffer& out, std::string_view message) const override {
        F::encode(out, message);
    }

    void open() {
        Stream::prepare_accepted(*socket_, failure_);
        conversation_.open();
    }

    /// Reads once; returns 0 when there was nothing, or no more will come.
    std::size_t read_now(std::span<char> buffer, SessionCounters& counters) {
        std::error_code error;
        const std::size_t count =
            socket_->read_some(asio::buffer(buffer.data(), buffer.size()), error);
        if (count > 0) {
            take(buffer.first(count), count == buffer.size(), counters);
        } else if (error != asio::error::would_block) {
            end_of_input(error);
        }
        return count;
    }

    /// Hands over bytes that were read. `more_follows`: the buffer was too small for all.
    void take(std::span<const char> bytes, bool more_follows, SessionCounters& counters) {
        has_received_ = true;
        has_promised_more_ = more_follows;
        counters.received(bytes.size());
        conversation_.receive({bytes.data(), bytes.size()}, more_follows);
    }

    /// Reads what the socket holds, as far as the conversation takes it, but not for ever:
    /// others have their turn. Returns whether the socket may hold more.
    /// `to_end`: there may be more, or the stream's end, behind what a read gets, be it less than
    /// it asked for.
    bool read_available(std::span<char> buffer, SessionCounters& counters, bool to_end = false) {
        bool may_hold_more = true;
        for (std::size_t total = 0; total < max_bytes_per_turn && may_hold_more;) {
            if (failure_ || !conversation_.wants_input()) break;
            const std::size_t count = read_now(buffer, counters);
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
    void write_now(SessionCounters& counters) {
        while (!failure_) {
            const std::string_view bytes = conversation_.output();
            if (bytes.empty()) return;
            std::error_code error;
            const std::size_t count =
                socket_->write_some(asio::buffer(bytes.data(), bytes.size()), error);
            if (count > 0) {
                written(count, counters);
            } else {
                if (error != asio::error::would_block) failure_ = error;
                return;
            }
        }
    }

    void written(std::size_t count, SessionCounters& counters) {
        has_sent_ = true;
        counters.sent(count);
        conversation_.consume(count);
    }

    /// While draining: reads once from what had arrived when it began; true when that gave work to
    /// do. A peer that never stops sending can't keep it going.
    bool drain_step(std::span<char> buffer, SessionCounters& counters) {
        if (failure_ || !conversation_.wants_input()) return false;
        std::error_code error;
        if (drain_left_ == not_asked) drain_left_ = socket_->available(error);
        if (drain_left_ > 0) {
            const std::size_t count =
                read_now(buffer.first(std::min(buffer.size(), drain_left_)), counters);
            drain_left_ = count > 0 ? drain_left_ - count : 0;
        }
        if (drain_left_ == 0) {
            read_now(buffer, counters);  // the peer's end may stand behind what had arrived
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

    /// Notes what happened since the last time and what the conversation is at. The clock is read
    /// here alone, once a turn.
    void note_turn(SessionCounters& counters) {
        const TimePoint now = Clock::now();
        counters.answered(conversation_.messages() - deadlines_.messages());
        if (std::exchange(has_received_, false)) deadlines_.bytes_moved(now);
        if (std::exchange(has_sent_, false)) deadlines_.output_progressed(now);
        deadlines_.update(now, {.messages = conversation_.messages(),
                                .in_message = conversation_.in_message(),
                                .has_output = conversation_.pending_output() > 0,
                                .is_awaiting = conversation_.is_awaiting()});
    }

    /// When to look at the deadlines.
    [[nodiscard]] TimePoint next_deadline() const noexcept {
        return deadlines_.next(config_.timeouts);
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

    /// All is said: half-closes, so that the peer gets the end after the last reply. The driver
    /// then waits for the peer's end: to close at once would be a reset if bytes of the peer's
    /// were unread, and a reset may cost the peer what it has not read yet.
    /// Returns whether there is an end to wait for.
    bool begin_linger() {
        if (peer_has_ended_ || config_.timeouts.linger.count() == 0) return false;
        std::error_code error;
        socket_->shutdown(asio::socket_base::shutdown_send, error);
        deadlines_.bytes_moved(Clock::now());
        return !error;
    }

    /// How long the peer's end is waited for. What still comes does not renew it.
    [[nodiscard]] TimePoint linger_until() const noexcept {
        return deadline_after(deadlines_.last_activity(), config_.timeouts.linger);
    }

    /// Closes the socket. Output that can't be sent any more is lost, which the peer learns by
    /// a reset.
    SessionEnd close_socket(std::error_code error) {
        if (conversation_.pending_output() > 0) Stream::reset_on_close(*socket_);
        std::error_code ignored;
        socket_->cancel(ignored);  // under Wine a close alone leaves a write waiting for the peer
        socket_->close(ignored);
        socket_.reset();
        conversation_.close(error);
        return {.error = conversation_.error(), .unsent_bytes = conversation_.unsent_bytes()};
    }

private:
    bool has_received_ = false;
    bool has_sent_ = false;
    bool has_promised_more_ = false;  ///< the last read was full; more need not be there

protected:
    /// With the read that reaches it a connection's turn ends: a handler may take long over each
    /// message, and the others wait.
    static constexpr std::size_t max_bytes_per_turn = 256 * 1024;

    bool peer_has_ended_ = false;
    std::optional<Socket> socket_;

private:
    [[no_unique_address]] const Endpoint remote_;

protected:
    const SessionConfig& config_;
    std::error_code failure_;
    SessionDeadlines<TimePoint> deadlines_;
    Conversation<H, F> conversation_;

private:
    std::size_t drain_left_ = not_asked;  ///< bytes that had arrived when the server stopped

    static constexpr std::size_t not_asked = std::numeric_limits<std::size_t>::max();
};

}  // namespace charcount::detail

#endif
