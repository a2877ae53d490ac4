// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// SessionRegistry: the open connections of a server.

#ifndef CHARCOUNT_DETAIL_SESSION_REGISTRY_HPP
#define CHARCOUNT_DETAIL_SESSION_REGISTRY_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace charcount::detail {

/// Knows every open session, and hands out snapshots, so that nobody calls a session with the
/// lock held. What is under way for a session keeps it alive: if a loop is destroyed with all
/// that was under way on it, its sessions go with it.
///
/// *Thread safety*: all functions, from any thread.
template <class Session>
class SessionRegistry {
public:
    void add(const std::shared_ptr<Session>& session) {
        const std::lock_guard lock(mutex_);
        session->registry_index = static_cast<std::uint32_t>(sessions_.size());
        sessions_.push_back(session);
    }

    /// The last one takes the place of the one that leaves.
    void remove(const Session& session) noexcept {
        const std::lock_guard lock(mutex_);
        const auto index = session.registry_index;
        if (index >= sessions_.size() || sessions_[index].lock().get() != &session) return;
        if (index + 1 < sessions_.size()) {
            sessions_[index] = std::move(sessions_.back());
            if (const auto moved = sessions_[index].lock()) moved->registry_index = index;
        }
        sessions_.pop_back();
    }

    [[nodiscard]] std::vector<std::shared_ptr<Session>> snapshot() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::shared_ptr<Session>> found;
        found.reserve(sessions_.size());
        for (const auto& entry : sessions_)
            if (auto session = entry.lock()) found.push_back(std::move(session));
        return found;
    }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return sessions_.size();
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::weak_ptr<Session>> sessions_;
};

}  // namespace charcount::detail

#endif
