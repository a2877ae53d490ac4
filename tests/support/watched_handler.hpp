// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// WatchedHandler: counts characters, and tells of its connections.

#ifndef CHARCOUNT_TESTS_SUPPORT_WATCHED_HANDLER_HPP
#define CHARCOUNT_TESTS_SUPPORT_WATCHED_HANDLER_HPP

#include <charcount/char_count_handler.hpp>
#include <charcount/peer.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::test {

/// What the hooks of all connections were told.
class ConnectionNotes {
public:
    void opened() {
        const std::lock_guard lock(mutex_);
        ++opened_;
    }

    void closed(std::error_code error) {
        const std::lock_guard lock(mutex_);
        ends_.push_back(error);
    }

    [[nodiscard]] std::size_t count_opened() const {
        const std::lock_guard lock(mutex_);
        return opened_;
    }

    /// How each connection ended, in that order.
    [[nodiscard]] std::vector<std::error_code> ends() const {
        const std::lock_guard lock(mutex_);
        return ends_;
    }

private:
    mutable std::mutex mutex_;
    std::size_t opened_ = 0;
    std::vector<std::error_code> ends_;
};

/// Counts characters, and notes what becomes of its connection.
struct WatchedHandler : CharCountHandler {
    explicit WatchedHandler(std::shared_ptr<ConnectionNotes> told) : hooks(std::move(told)) {}

    void on_open(Peer&) const { hooks->opened(); }
    void on_close(Peer&, std::error_code error) const { hooks->closed(error); }

    std::shared_ptr<ConnectionNotes> hooks;
};

}  // namespace charcount::test

#endif
