// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ThreadSession: a connection with a thread of its own, as its server sees it.

#ifndef CHARCOUNT_DETAIL_THREAD_SESSION_HPP
#define CHARCOUNT_DETAIL_THREAD_SESSION_HPP

#include <atomic>
#include <charcount/detail/deadline_queue.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/detail/session_socket.hpp>
#include <memory>
#include <thread>
#include <utility>

namespace charcount::detail {

/// The server's side of a session's deadlines. A wait with a time costs the system more than one
/// without, for each message; so one thread keeps the times of all.
template <class TimePoint>
class ThreadSessionOwner {
public:
    /// Makes sure that `session.look()` is called by `when`, or a little later.
    ///
    /// *Thread safety*: from any thread.
    virtual void look_at(Timed& session, TimePoint when) = 0;

protected:
    ~ThreadSessionOwner() = default;
};

/// What a server asks of a session, whatever its handler and its framing.
///
/// *Thread safety*: `run` on its thread; the others, and what `PeerLink` offers, from any.
template <class Transport>
class ThreadSession : public SessionSocket<Transport>, public Timed {
public:
    using Waker = typename Transport::Waker;
    using Owner = ThreadSessionOwner<typename Transport::Clock::time_point>;

    /// The thread that runs it; the server joins it after the end.
    std::thread thread;

    /// What it counts; any thread may read it.
    [[nodiscard]] SessionCounters& counters() noexcept { return counters_; }

    /// Serves the connection to its end.
    virtual SessionEnd run() = 0;

    /// A time has come that it wanted to look at.
    void look() { signal(); }

    /// The server stops: answers what has reached the socket, then closes.
    void drain() {
        draining_.store(true);
        signal();
    }

    /// The end of the server's patience.
    void force() {
        forced_.store(true);
        signal();
    }

protected:
    ThreadSession(const SessionConfig& config, Owner& owner, std::unique_ptr<Waker> waker,
                  typename Transport::Socket socket, typename Transport::Endpoint remote)
        : SessionSocket<Transport>(std::make_shared<PushGate>(config.push), std::move(socket),
                                   std::move(remote), config),
          owner_(owner),
          waker_(std::move(waker)) {}

    ~ThreadSession() = default;

    /// Something was pushed, and more may be.
    void wake() override {
        is_pushed_to_.store(true);
        signal();
    }

    /// Nobody wants anything of it, as far as is known, and nobody has ever pushed.
    [[nodiscard]] bool is_left_alone() const noexcept {
        return !is_signalled_.load() && !is_pushed_to_.load() && !draining_.load();
    }

    /// What the signal was for is looked at now.
    void note_woken() noexcept { is_signalled_.store(false); }

    Owner& owner_;
    const std::unique_ptr<Waker> waker_;
    std::atomic<bool> draining_ = false;
    std::atomic<bool> forced_ = false;

private:
    void signal() {
        is_signalled_.store(true);
        waker_->signal();
    }

    std::atomic<bool> is_signalled_ = false;
    std::atomic<bool> is_pushed_to_ = false;
    SessionCounters counters_;
};

}  // namespace charcount::detail

#endif
