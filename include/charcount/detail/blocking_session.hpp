// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// BlockingSession: drives one connection on a thread of its own.

#ifndef CHARCOUNT_DETAIL_BLOCKING_SESSION_HPP
#define CHARCOUNT_DETAIL_BLOCKING_SESSION_HPP

#include <algorithm>
#include <atomic>
#include <charcount/detail/deadline_queue.hpp>
#include <charcount/detail/poll.hpp>
#include <charcount/detail/session_core.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

namespace charcount::detail {

/// The server's side of a session's deadlines. A wait with a time costs the system more than one
/// without, for each message; so one thread keeps the times of all.
template <class TimePoint>
class BlockingSessionOwner {
public:
    /// Makes sure that `session.look()` is called by `when`, or a little later.
    ///
    /// *Thread safety*: from any thread.
    virtual void look_at(Timed& session, TimePoint when) = 0;

protected:
    ~BlockingSessionOwner() = default;
};

/// Waits for the socket or its waker; then does what can be done.
///
/// *Thread safety*: `run` on its thread; `look`, `drain`, `force` and what `PeerLink` offers from
/// any.
template <class H, class F, class Transport>
class BlockingSession final : public SessionCore<H, F, Transport>, public Timed {
    using Core = SessionCore<H, F, Transport>;

public:
    using typename Core::Endpoint;
    using typename Core::Socket;
    using typename Core::TimePoint;
    using Waker = typename Transport::Waker;
    using Owner = BlockingSessionOwner<TimePoint>;

    BlockingSession(Owner& owner, std::unique_ptr<Waker> waker, Socket socket, Endpoint remote,
                    const SessionConfig& config, const H& handler, const F& framing)
        : Core(std::make_shared<PushGate>(config.push), std::move(socket), std::move(remote),
               config, handler, framing),
          owner_(owner),
          waker_(std::move(waker)) {}

    /// The thread that runs it; the server joins it after the end.
    std::thread thread;

    /// What it counts; any thread may read it.
    SessionCounters counters;

    /// Serves the connection to its end.
    SessionEnd run() {
        const DriverScope scope;
        const std::unique_ptr<char[]> memory(new char[buffer_size]);
        const std::span<char> buffer(memory.get(), buffer_size);
        this->open();
        while (converse(buffer)) wait(buffer);
        if (forced_.load() && !conversation_.finished()) failure_ = errc::drain_timed_out;
        if (!failure_ && this->begin_linger()) linger(buffer);
        return this->close_socket(failure_);
    }

    /// A time has come that it wanted to look at.
    void look() { waker_->signal(); }

    /// The server stops: answers what has reached the socket, then closes.
    void drain() {
        draining_.store(true);
        waker_->signal();
    }

    /// The end of the server's patience.
    void force() {
        forced_.store(true);
        waker_->signal();
    }

private:
    using Core::conversation_;
    using Core::failure_;
    using Core::socket_;
    using typename Core::Clock;
    using typename Core::Stream;

    static constexpr std::size_t buffer_size = 64 * 1024;

    void wake() override { waker_->signal(); }

    /// Does all that can be done now; false when the conversation is over.
    bool converse(std::span<char> buffer) {
        do {
            conversation_.collect_pushes();
            this->write_now(counters);
        } while (drains(buffer) || this->has_late_push());
        this->note_turn(counters);
        return !failure_ && !conversation_.finished() && !forced_.load();
    }

    /// Whether reading what had arrived when the server stopped gave work to do.
    [[nodiscard]] bool drains(std::span<char> buffer) {
        return draining_.load() && !forced_.load() && this->drain_step(buffer, counters);
    }

    void wait(std::span<char> buffer) {
        look_by(this->next_deadline());
        const Readiness ready = Stream::wait(
            *socket_,
            {.read = conversation_.wants_input(), .write = conversation_.pending_output() > 0},
            waker_.get(), TimePoint::max());
        if (ready.readable) this->read_available(buffer, counters);
        if (ready.woken) look_at_deadlines();
    }

    /// Asks the server only for what it does not do anyway.
    void look_by(TimePoint when) {
        if (when >= next_look_) return;
        next_look_ = when;
        owner_.look_at(*this, when);
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

    Owner& owner_;
    const std::unique_ptr<Waker> waker_;
    TimePoint next_look_ = TimePoint::max();
    std::atomic<bool> draining_ = false;
    std::atomic<bool> forced_ = false;
};

}  // namespace charcount::detail

#endif
