// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// LoopSession: a connection on a loop, as its server sees it.

#ifndef CHARCOUNT_DETAIL_LOOP_SESSION_HPP
#define CHARCOUNT_DETAIL_LOOP_SESSION_HPP

#include <charcount/detail/async_loop.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/detail/session_socket.hpp>
#include <memory>
#include <utility>

namespace charcount::detail {

template <class Transport>
class LoopSession;

/// The server's side of a session's end.
template <class Transport>
class LoopSessionOwner {
public:
    /// Called on the session's loop, once, when its socket is closed.
    virtual void session_ended(const LoopSession<Transport>& session, const SessionEnd& end) = 0;

protected:
    ~LoopSessionOwner() = default;
};

/// What a server asks of a session, whatever its handler and its framing.
///
/// *Thread safety*: all on the loop's executor, but for `executor` and what `PeerLink` offers.
template <class Transport>
class LoopSession : public SessionSocket<Transport>, public LoopTimed {
public:
    using Executor = typename Transport::Executor;
    using Loop = AsyncLoop<Transport>;
    using Owner = LoopSessionOwner<Transport>;

    /// The executor of its loop. *Thread safety*: from any thread, as long as the server lives.
    [[nodiscard]] const Executor& executor() const noexcept { return loop_->executor(); }

    virtual void start() = 0;

    /// The server stops: answers what has reached the socket, then closes.
    virtual void drain() = 0;

    /// The end of the server's patience.
    virtual void force() = 0;

protected:
    LoopSession(const SessionConfig& config, std::shared_ptr<Owner> owner, Loop& loop,
                typename Transport::Socket socket, typename Transport::Endpoint remote)
        : SessionSocket<Transport>(loop.gate, std::move(socket), std::move(remote), config),
          loop_(&loop),
          owner_(std::move(owner)) {}

    ~LoopSession() = default;

    [[nodiscard]] SessionCounters& counters() noexcept { return loop_->counters; }

    Loop* const loop_;  ///< its owner's; not to be used when closed
    std::shared_ptr<Owner> owner_;
};

}  // namespace charcount::detail

#endif
