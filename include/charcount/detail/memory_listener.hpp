// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryListener: a port of the memory network that is listened on, with its backlog.

#ifndef CHARCOUNT_DETAIL_MEMORY_LISTENER_HPP
#define CHARCOUNT_DETAIL_MEMORY_LISTENER_HPP

#include <asio/error.hpp>
#include <charcount/detail/memory_endpoint.hpp>
#include <charcount/detail/memory_network.hpp>
#include <charcount/detail/memory_operation.hpp>
#include <charcount/detail/memory_pipe.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// A connection stands as soon as it is in the backlog. While that is full, further ones wait
/// as connecting. As Linux does, it keeps one more than the backlog.
///
/// *Thread safety*: none; the network's lock is held.
class MemoryListener final : public MemoryTarget {
public:
    /// Begins to listen; port 0: on a free one.
    void open(MemoryLock& lock, MemoryEndpoint endpoint, int backlog, std::error_code& error) {
        MemoryNetwork& network = lock.network();
        error = lock.begin_and_complete(MemoryStep::listen, MemorySide::server);
        if (error) return;
        local = endpoint.port() == 0 ? MemoryEndpoint(network.free_port()) : endpoint;
        if (!network.listeners.emplace(local.port(), this).second)
            error = asio::error::address_in_use;
        if (!error) expect_attention(lock);
        backlog_ = static_cast<std::size_t>(backlog);
    }

    /// Connects an end to whoever listens on the port.
    static void connect(MemoryLock& lock, const std::shared_ptr<MemoryEnd>& client,
                        MemoryEndpoint endpoint) {
        const auto& listeners = lock.network().listeners;
        const auto found = listeners.find(endpoint.port());
        client->become_connecting();
        if (found == listeners.end()) return client->refuse(lock);
        found->second->connecting_.push_back(client);
        found->second->admit(lock);
    }

    [[nodiscard]] bool has_connection() const noexcept { return !backlog_queue_.empty(); }

    /// Takes the oldest connection out of the backlog.
    [[nodiscard]] std::shared_ptr<MemoryEnd> accept(MemoryLock& lock) {
        auto end = std::move(backlog_queue_.front());
        backlog_queue_.pop_front();
        admit(lock);
        return end;
    }

    /// Connections that nobody has accepted are reset.
    void close(MemoryLock& lock) {
        abort_all(asio::error::operation_aborted);
        attend(lock);
        auto& listeners = lock.network().listeners;
        const auto found = listeners.find(local.port());
        if (found != listeners.end() && found->second == this) listeners.erase(found);
        for (const auto& end : backlog_queue_) {
            end->reset_on_close();
            end->close(lock);
        }
        backlog_queue_.clear();
        for (const auto& waiting : std::exchange(connecting_, {}))
            if (const auto client = waiting.lock()) client->refuse(lock);
    }

    MemoryEndpoint local;

private:
    void admit(MemoryLock& lock) {
        while (!connecting_.empty() && backlog_queue_.size() <= backlog_) {
            const auto client = connecting_.front().lock();
            connecting_.pop_front();
            if (!client || !client->is_connecting()) continue;
            auto server = std::make_shared<MemoryEnd>(MemorySide::server);
            MemoryNetwork& network = lock.network();
            MemoryEnd::join(client, MemoryEndpoint(network.free_port()), server, local,
                            network.faults.conditions().pipe_capacity);
            backlog_queue_.push_back(std::move(server));
            lock.touch(client);
            lock.touch(shared_from_this());
        }
    }

    std::size_t backlog_ = 0;
    std::deque<std::shared_ptr<MemoryEnd>> backlog_queue_;
    std::deque<std::weak_ptr<MemoryEnd>> connecting_;
};

}  // namespace charcount::detail

#endif
