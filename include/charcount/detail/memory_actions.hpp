// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the asynchronous operations of memory sockets do; see MemoryTask.

#ifndef CHARCOUNT_DETAIL_MEMORY_ACTIONS_HPP
#define CHARCOUNT_DETAIL_MEMORY_ACTIONS_HPP

#include <asio/socket_base.hpp>
#include <charcount/detail/memory_endpoint.hpp>
#include <charcount/detail/memory_handle.hpp>
#include <charcount/detail/memory_listener.hpp>
#include <charcount/detail/memory_network.hpp>
#include <charcount/detail/memory_pipe.hpp>
#include <cstddef>
#include <memory>
#include <system_error>
#include <utility>

namespace charcount::detail {

// An action points to its end, or listener, without owning it: it waits only there.

template <class Buffers>
struct MemoryRead {
    MemoryEnd* end;
    Buffers buffers;
    std::size_t size = 0;

    std::error_code begin(MemoryLock& lock) { return lock.begin(MemoryStep::read, end->side); }
    [[nodiscard]] bool is_ready() const {
        return end->is_readable() || asio::buffer_size(buffers) == 0;
    }
    std::error_code perform(MemoryLock& lock) {
        std::error_code error = lock.complete(MemoryStep::read, end->side);
        if (!error) size = end->read(lock, buffers, error);
        return error;
    }
    template <class Handler>
    void call(Handler&& handler, std::error_code error) const {
        std::forward<Handler>(handler)(error, size);
    }
};

template <class Buffers>
struct MemoryWrite {
    MemoryEnd* end;
    Buffers buffers;
    std::size_t size = 0;

    std::error_code begin(MemoryLock& lock) { return lock.begin(MemoryStep::write, end->side); }
    [[nodiscard]] bool is_ready() const {
        return end->is_writable() || asio::buffer_size(buffers) == 0;
    }
    std::error_code perform(MemoryLock& lock) {
        std::error_code error = lock.complete(MemoryStep::write, end->side);
        if (!error) size = end->write(lock, buffers, error);
        return error;
    }
    template <class Handler>
    void call(Handler&& handler, std::error_code error) const {
        std::forward<Handler>(handler)(error, size);
    }
};

struct MemoryReadiness {
    MemoryEnd* end;
    asio::socket_base::wait_type what;

    std::error_code begin(MemoryLock& lock) { return lock.begin(MemoryStep::wait, end->side); }
    [[nodiscard]] bool is_ready() const {
        if (what == asio::socket_base::wait_read) return end->is_readable();
        if (what == asio::socket_base::wait_write) return end->is_writable();
        return end->has_failed();
    }
    std::error_code perform(MemoryLock& lock) { return lock.complete(MemoryStep::wait, end->side); }
    template <class Handler>
    void call(Handler&& handler, std::error_code error) const {
        std::forward<Handler>(handler)(error);
    }
};

struct MemoryConnect {
    MemoryEnd* end;
    MemoryEndpoint endpoint;

    std::error_code begin(MemoryLock& lock) {
        const std::error_code error = lock.begin(MemoryStep::connect, end->side);
        if (!error) {
            auto self = std::static_pointer_cast<MemoryEnd>(end->shared_from_this());
            MemoryListener::connect(lock, std::move(self), endpoint);
        }
        return error;
    }
    [[nodiscard]] bool is_ready() const { return !end->is_connecting(); }
    std::error_code perform(MemoryLock& lock) {
        const std::error_code error = lock.complete(MemoryStep::connect, end->side);
        if (error) end->disconnect(lock);
        return error ? error : end->connect_result();
    }
    template <class Handler>
    void call(Handler&& handler, std::error_code error) const {
        std::forward<Handler>(handler)(error);
    }
};

/// Gives a socket on the executor that was asked for.
template <class Socket>
struct MemoryAccept {
    MemoryListener* listener;
    typename Socket::executor_type executor;
    MemoryEndpoint* remote;
    MemoryHandle<MemoryEnd> accepted = {};

    std::error_code begin(MemoryLock& lock) {
        return lock.begin(MemoryStep::accept, MemorySide::server);
    }
    [[nodiscard]] bool is_ready() const { return listener->has_connection(); }
    std::error_code perform(MemoryLock& lock) {
        const std::error_code error = lock.complete(MemoryStep::accept, MemorySide::server);
        if (error) return error;
        accepted.assign(listener->accept(lock));
        *remote = accepted->remote;
        return {};
    }
    template <class Handler>
    void call(Handler&& handler, std::error_code error) {
        std::forward<Handler>(handler)(error, Socket(executor, std::move(accepted)));
    }
};

}  // namespace charcount::detail

#endif
