// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Memory: the stream type of connections within the process, under virtual time, for tests.

#ifndef CHARCOUNT_TRANSPORT_MEMORY_HPP
#define CHARCOUNT_TRANSPORT_MEMORY_HPP

#include <charcount/detail/memory_acceptor.hpp>
#include <charcount/detail/memory_endpoint.hpp>
#include <charcount/detail/memory_network.hpp>
#include <charcount/detail/memory_socket.hpp>
#include <charcount/detail/memory_timer.hpp>
#include <charcount/detail/memory_waker.hpp>
#include <charcount/detail/poll.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <charcount/transport/memory_clock.hpp>
#include <charcount/transport/memory_experiment.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace charcount {

/// Runs the real server and client without the system's sockets and without waiting: bytes go
/// through memory, deadlines come when the test says so, and operations fail when it says so.
///
///     asio::io_context loop;
///     charcount::Server<MyHandler, charcount::AsyncMemory> server{loop, {.port = 7}};
///     server.start();
///     charcount::Client<charcount::AsyncMemory> client{loop, {.port = 7}};
///     client.async_connect([](std::error_code) {});
///     loop.poll();                                           // all that can happen has happened
///     charcount::MemoryClock::advance(std::chrono::seconds(300));
///     loop.poll();                                           // the server has closed: idle
///
/// The network is the process: a port is all the address there is, `host` and `path` of the
/// options are not looked at. Connections behave as those of TCP do: see `detail::MemoryEnd`.
///
/// *Thread safety*: as its types say; the network itself may be used from any threads.
struct Memory {
    using Endpoint = MemoryEndpoint;  ///< a port
    using Clock = MemoryClock;        ///< stands still until the test moves it

    template <class Executor>
    using Socket = MemorySocket<Executor>;  ///< one end of a connection
    template <class Executor>
    using Acceptor = MemoryAcceptor<Executor>;  ///< what listens on a port
    template <class Executor>
    using Timer = MemoryTimer<Executor>;  ///< fires when the test moves the clock

    /// Interrupts a wait from another thread.
    using Waker = detail::MemoryWaker;

    /// Waits until the socket or acceptor is ready, the waker was signalled, or the deadline.
    template <class SocketOrAcceptor>
    static detail::Readiness wait(SocketOrAcceptor& socket, detail::Interest interest, Waker* waker,
                                  Clock::time_point deadline) {
        return wait_until_ready(
            [&](detail::MemoryLock& lock) { return socket.readiness(lock, interest); }, waker,
            deadline);
    }

    /// Waits for the waker alone.
    static detail::Readiness wait(Waker& waker, Clock::time_point deadline) {
        return wait_until_ready([](detail::MemoryLock&) { return detail::Readiness(); }, &waker,
                                deadline);
    }

    /// For tests of blocking servers, before they look at what has happened, or move the clock:
    /// waits until nothing more happens by itself. That is so when every other thread that uses
    /// blocking waits is in one, for something that has not come, and every listener and
    /// accepted socket has been waited for. False when that is not so within a limit of real time.
    [[nodiscard]] static bool wait_until_idle(
        std::chrono::milliseconds limit = std::chrono::seconds(10)) {
        return detail::MemoryLock().wait_until_idle(limit);
    }

    /// Makes the coming `close` a reset: the peer learns that it did not get everything.
    template <class Socket>
    static void reset_on_close(Socket& socket) {
        socket.reset_on_close();
    }

    /// The addresses that the options name: the port alone counts.
    template <class Options>
    static std::vector<Endpoint> resolve(const Options& options, std::error_code& error) {
        detail::MemoryLock lock;
        error = lock.begin_and_complete(MemoryStep::resolve, MemorySide::client);
        if (error) return {};
        const auto count = lock.network().faults.conditions().addresses_per_name;
        return std::vector<Endpoint>(count, Endpoint(options.port));
    }

    /// Whether `resolve` may take long.
    template <class Options>
    static bool resolves_slowly(const Options&) noexcept {
        return false;
    }

    /// What the options name, for messages.
    template <class Options>
    static std::string describe(const Options& options) {
        return "memory:" + std::to_string(options.port);
    }

    /// Begins to listen on the port; 0: on a free one.
    template <class Acceptor>
    static void listen(Acceptor& acceptor, const ServerOptions& options, std::error_code& error) {
        acceptor.listen(Endpoint(options.port), options.backlog, error);
    }

    /// Tidies up after listening.
    static void unlisten(const Endpoint&) noexcept {}

    /// Sets a new connection up.
    template <class Socket>
    static void prepare(Socket& socket, std::error_code& error) {
        socket.prepare(error);
    }

    /// The same for a connection that was accepted.
    template <class Socket>
    static void prepare_accepted(Socket& socket, std::error_code& error) {
        socket.prepare(error);
    }

    /// The host of an endpoint.
    static std::string host(const Endpoint&) { return "memory"; }

    /// The port of an endpoint.
    static std::uint16_t port(const Endpoint& endpoint) noexcept { return endpoint.port(); }

private:
    template <class Look>
    static detail::Readiness wait_until_ready(const Look& look, Waker* waker,
                                              Clock::time_point deadline) {
        detail::Readiness ready;
        detail::MemoryLock lock;
        const auto is_ready = [&] {
            ready = look(lock);
            ready.woken = waker && waker->is_signalled();
            return !ready.timed_out();
        };
        lock.wait(is_ready, deadline);
        if (ready.woken) waker->clear();
        return ready;
    }
};

/// In memory, asynchronous.
using AsyncMemory = AsyncTransport<Memory>;

/// In memory, a thread a connection.
using BlockingMemory = BlockingTransport<Memory>;

}  // namespace charcount

#endif
