// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Where a handler and a framing meet the server that serves them.

#ifndef CHARCOUNT_DETAIL_HANDLER_SERVERS_HPP
#define CHARCOUNT_DETAIL_HANDLER_SERVERS_HPP

#include <charcount/detail/async_server.hpp>
#include <charcount/detail/async_session.hpp>
#include <charcount/detail/blocking_server.hpp>
#include <charcount/detail/blocking_session.hpp>
#include <charcount/detail/session_config.hpp>
#include <charcount/options.hpp>
#include <memory>
#include <utility>

namespace charcount::detail {

/// A server on loops, whose sessions have copies of a handler and a framing.
template <class H, class F, class Transport>
class AsyncHandlerServer final : public AsyncServer<Transport> {
    using Base = AsyncServer<Transport>;

public:
    AsyncHandlerServer(const typename Transport::Executor& home, const ServerOptions& options,
                       H handler, F framing)
        : Base(home, options, make_session_config<F>(options)),
          handler_(std::move(handler)),
          framing_(std::move(framing)) {}

private:
    [[nodiscard]] std::shared_ptr<typename Base::Session> make_session(
        const SessionConfig& config, std::shared_ptr<LoopSessionOwner<Transport>> owner,
        typename Base::Loop& loop, typename Base::Socket socket,
        const typename Base::Endpoint& remote) const override {
        return std::make_shared<AsyncSession<H, F, Transport>>(
            config, handler_, framing_, std::move(owner), loop, std::move(socket), remote);
    }

    const H handler_;
    const F framing_;
};

/// A server with a thread for each session, which have copies of a handler and a framing.
template <class H, class F, class Transport>
class BlockingHandlerServer final : public BlockingServer<Transport> {
    using Base = BlockingServer<Transport>;

public:
    BlockingHandlerServer(const ServerOptions& options, H handler, F framing)
        : Base(options, make_session_config<F>(options)),
          handler_(std::move(handler)),
          framing_(std::move(framing)) {}

    ~BlockingHandlerServer() { this->join(); }

private:
    [[nodiscard]] std::shared_ptr<typename Base::Session> make_session(
        const SessionConfig& config, typename Base::Session::Owner& owner,
        std::unique_ptr<typename Base::Waker> waker, typename Base::Socket socket,
        typename Base::Endpoint remote) const override {
        return std::make_shared<BlockingSession<H, F, Transport>>(
            config, handler_, framing_, owner, std::move(waker), std::move(socket),
            std::move(remote));
    }

    const H handler_;
    const F framing_;
};

}  // namespace charcount::detail

#endif
