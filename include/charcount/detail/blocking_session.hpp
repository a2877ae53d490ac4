// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// BlockingSession: drives one connection on a thread of its own.

#ifndef CHARCOUNT_DETAIL_BLOCKING_SESSION_HPP
#define CHARCOUNT_DETAIL_BLOCKING_SESSION_HPP

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <charcount/detail/poll.hpp>
#include <charcount/detail/session_core.hpp>
#include <charcount/detail/thread_session.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Waits for the socket or its waker; then does what can be done.
///
/// *Thread safety*: see `ThreadSession`.
template <class H, class F, class Transport>
class BlockingSession final : public SessionCore<H, F, ThreadSession<Transport>> {
    using Core = SessionCore<H, F, ThreadSession<Transport>>;

public:
    using typename Core::TimePoint;

    using Core::Core;

    SessionEnd run() override {
        const DriverScope scope;
        const std::unique_ptr<char[]> memory(new char[buffer_size]);
        const std::span<char> buffer(memory.get(), buffer_size);
        this->open();
        if constexpr (can_wait_in_read)
            if (!failure_) socket_->limit_waits(longest_read, failure_);
        while (converse(buffer)) wait(buffer);
        if (forced_.load() && !conversation_.finished()) failure_ = errc::drain_timed_out;
        if (!failure_ && this->begin_linger()) linger(buffer);
        return this->end(failure_);
    }

private:
    using Core::conversation_;
    using Core::draining_;
    using Core::failure_;
    using Core::forced_;
    using Core::socket_;
    using Core::waker_;
    using typename Core::Clock;
    using typename Core::Stream;

    static constexpr std::size_t buffer_size = 64 * 1024;

    static constexpr bool can_wait_in_read =
        requires(typename Core::Socket & socket, std::error_code& error) {
        socket.read_waiting(asio::mutable_buffer(), error);
    };

    /// So much later a signal may be seen.
    static constexpr std::chrono::milliseconds longest_read{10};

    /// Does all that can be done now; false when the conversation is over.
    bool converse(std::span<char> buffer) {
        do {
            conversation_.collect_pushes();
            this->write_now();
        } while (drains(buffer) || this->has_late_push());
        this->count_messages();
        this->note_times();
        return !failure_ && !conversation_.finished() && !forced_.load();
    }

    /// Whether reading what had arrived when the server stopped gave work to do.
    [[nodiscard]] bool drains(std::span<char> buffer) {
        return draining_.load() && !forced_.load() && this->drain_step(buffer);
    }

    void wait(std::span<char> buffer) {
        look_by(this->next_deadline());
        if (waits_in_read(buffer)) return;
        const Readiness ready = Stream::wait(
            *socket_,
            {.read = conversation_.wants_input(), .write = conversation_.pending_output() > 0},
            waker_.get(), TimePoint::max());
        if (ready.readable) this->read_available(buffer);
        is_busy_ = ready.readable;
        if (!ready.woken) return;
        this->note_woken();
        look_at_deadlines();
    }

    /// On a busy connection the read itself waits, which saves the call that waits: one of three a
    /// message. For a short time only, as no signal ends it. False when nothing came.
    [[nodiscard]] bool waits_in_read(std::span<char> buffer) {
        if constexpr (can_wait_in_read) {
            if (!std::exchange(is_busy_, false) || !this->is_left_alone() ||
                !conversation_.wants_input() || conversation_.pending_output() > 0)
                return false;
            std::error_code error;
            const std::size_t count =
                socket_->read_waiting(asio::buffer(buffer.data(), buffer.size()), error);
            if (error == asio::error::would_block) return false;
            this->note_read(buffer, count, error);
            if (count == buffer.size()) this->read_available(buffer);
            is_busy_ = true;
            return true;
        }
        return false;
    }

    /// Asks the server only for what it does not do anyway.
    void look_by(TimePoint when) {
        if (when >= next_look_) return;
        next_look_ = when;
        this->owner_.look_at(*this, when);
    }

    void look_at_deadlines() {
        const TimePoint now = Clock::now();
        if (now < next_look_) return;
        next_look_ = TimePoint::max();
        this->check_deadlines(now);
    }

    /// Reads to the peer's end without looking.
    void linger(std::span<char> buffer) {
        const TimePoint until = this->linger_until();
        while (!forced_.load() && Clock::now() < until) {
            Stream::wait(*socket_, {.read = true}, waker_.get(), until);
            std::error_code error;
            socket_->read_some(asio::buffer(buffer.data(), buffer.size()), error);
            if (error && error != asio::error::would_block) return;
        }
    }

    TimePoint next_look_ = TimePoint::max();
    bool is_busy_ = false;  ///< bytes came when it last waited
};

}  // namespace charcount::detail

#endif
