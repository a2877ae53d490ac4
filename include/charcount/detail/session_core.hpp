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
#include <charcount/conversation.hpp>
#include <charcount/detail/peer_link.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Moves bytes between a socket and a conversation as far as that is possible at once. The
/// drivers that derive from it wait: one by Asio's completion handlers, one by blocking.
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
    std::size_t registry_index = 0;

    [[nodiscard]] std::string remote_host() const override { return Stream::host(remote_); }
    [[nodiscard]] std::uint16_t remote_port() const override { return Stream::port(remote_); }

protected:
    SessionCore(std::shared_ptr<PushGate> gate, Socket socket, Endpoint remote,
                const SessionConfig& config, const H& handler, const F& framing)
        : PeerLink(std::move(gate)),
          config_(config),
          socket_(std::move(socket)),
          deadlines_(Clock::now()),
          conversation_(handler, config.conversation, this, framing),
          remote_(std::move(remote)) {}

    ~SessionCore() override = default;

    void encode(std::string& out, std::string_view message) const override {
        F::encode(out, message);
    }

    void open() {
        Stream::prepare(*socket_, failure_);
        conversation_.open();
    }

    /// Reads once; returns 0 when there was nothing, or no more will come.
    std::size_t read_now(std::span<char> buffer, SessionCounters& counters) {
        std::error_code error;
        const std::size_t count =
            socket_->read_some(asio::buffer(buffer.data(), buffer.size()), error);
        if (error == asio::error::would_block) return 0;
        if (error) {
            end_of_input(error);
            return 0;
        }
        take(buffer.first(count), count == buffer.size(), counters);
        return count;
    }

    /// Hands over bytes that were read. `more_follows`: the buffer was too small for all.
    void take(std::span<const char> bytes, bool more_follows, SessionCounters& counters) {
        has_received_ = true;
        counters.received(bytes.size());
        conversation_.receive({bytes.data(), bytes.size()}, more_follows);
    }

    /// Reads what the socket holds, as far as the conversation takes it, but not for ever:
    /// others have their turn.
    void read_available(std::span<char> buffer, SessionCounters& counters) {
        for (int turn = 0; turn < max_reads_per_turn; ++turn) {
            if (failure_ || !conversation_.wants_input()) break;
            if (read_now(buffer, counters) < buffer.size()) break;
        }
        // A read that filled its buffer has promised more, which need not be there.
        if (!failure_) conversation_.receive({}, false);
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
            if (error == asio::error::would_block) return;
            if (error) {  // no error has Asio's category on Windows, and stays out of on_close
                failure_ = error;
            } else {
                written(count, counters);
            }
        }
    }

    void written(std::size_t count, SessionCounters& counters) {
        has_sent_ = true;
        counters.sent(count);
        conversation_.consume(count);
    }

    /// While draining: reads what had arrived when it began; true when that gave work to do.
    /// A peer that never stops sending can't keep it going.
    bool drain_step(std::span<char> buffer, SessionCounters& counters) {
        if (failure_ || !conversation_.wants_input()) return false;
        std::error_code error;
        if (!drain_left_) drain_left_ = socket_->available(error);
        while (*drain_left_ > 0 && conversation_.wants_input()) {
            const std::size_t count =
                read_now(buffer.first(std::min(buffer.size(), *drain_left_)), counters);
            *drain_left_ = count > 0 ? *drain_left_ - count : 0;
        }
        if (*drain_left_ == 0) {
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

    /// Notes what happened since the last time and what the conversation is at; returns when to
    /// look at its deadlines. The clock is read here alone, once a turn.
    TimePoint update_deadlines() {
        const TimePoint now = Clock::now();
        if (std::exchange(has_received_, false)) deadlines_.bytes_moved(now);
        if (std::exchange(has_sent_, false)) deadlines_.output_progressed(now);
        deadlines_.update(now, {.messages = conversation_.messages(),
                                .in_message = conversation_.in_message(),
                                .has_output = conversation_.pending_output() > 0,
                                .is_awaiting = conversation_.is_awaiting()});
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
        return !error;
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

protected:
    bool peer_has_ended_ = false;
    const SessionConfig& config_;
    std::optional<Socket> socket_;
    std::error_code failure_;
    SessionDeadlines<TimePoint> deadlines_;
    Conversation<H, F> conversation_;
    [[no_unique_address]] Endpoint remote_;
    std::optional<std::size_t> drain_left_;  ///< bytes that had arrived when the server stopped

private:
    static constexpr int max_reads_per_turn = 16;
};

}  // namespace charcount::detail

#endif
