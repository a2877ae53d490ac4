// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ServerCore: what `Server` asks of the part of it that serves, whatever that runs on.

#ifndef CHARCOUNT_DETAIL_SERVER_CORE_HPP
#define CHARCOUNT_DETAIL_SERVER_CORE_HPP

#include <charcount/detail/stop_ledger.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace charcount::detail {

/// The same server may run on a loop of the user's or on loops of its own: which of them is known
/// when it is made, and only that one is compiled.
///
/// *Thread safety*: `stop`, `broadcast`, `stats` and `ledger` from any thread; `listen` and
/// `begin` before all others.
template <class Endpoint>
class ServerCore {
public:
    ServerCore() = default;
    ServerCore(const ServerCore&) = delete;
    ServerCore& operator=(const ServerCore&) = delete;

    /// Opens the listening socket. After an error it may be tried again.
    virtual void listen(std::error_code& error) = 0;

    [[nodiscard]] virtual const Endpoint& local_endpoint() const noexcept = 0;

    /// Begins to accept.
    virtual void begin() = 0;

    /// Undoes `listen`, before `begin`.
    virtual void close_acceptor() = 0;

    virtual void stop(std::chrono::milliseconds deadline) = 0;

    virtual std::size_t broadcast(std::string_view message) = 0;

    [[nodiscard]] virtual ServerStats stats() const = 0;

    StopLedger ledger;

protected:
    ~ServerCore() = default;
};

}  // namespace charcount::detail

#endif
