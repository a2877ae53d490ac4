// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AcceptPolicy: how many connections a server takes, at once and in all.

#ifndef CHARCOUNT_DETAIL_ACCEPT_POLICY_HPP
#define CHARCOUNT_DETAIL_ACCEPT_POLICY_HPP

#include <charcount/options.hpp>
#include <cstddef>
#include <cstdint>

namespace charcount::detail {

/// *Thread safety*: none; the accepting thread uses it.
class AcceptPolicy {
public:
    explicit AcceptPolicy(const ServerOptions& options) noexcept
        : max_open_(options.max_connections),
          left_(options.connections_to_serve),
          is_counted_(options.connections_to_serve > 0),
          backlog_(static_cast<std::size_t>(options.backlog)) {}

    /// Whether one more may be accepted; otherwise it waits in the backlog.
    [[nodiscard]] bool has_room(std::size_t open) const noexcept {
        return open < max_open_ && !is_satisfied();
    }

    void accepted() noexcept {
        if (is_counted_) --left_;
    }

    /// As many were accepted as were to be served.
    [[nodiscard]] bool is_satisfied() const noexcept { return is_counted_ && left_ == 0; }

    /// The kernel keeps one more than the backlog; without this bound, clients that go on
    /// connecting could keep a stop from ending.
    [[nodiscard]] std::size_t backlog_to_drain() const noexcept {
        return is_satisfied() ? 0 : backlog_ + 1;
    }

private:
    std::size_t max_open_;
    std::uint64_t left_;
    bool is_counted_;
    std::size_t backlog_;
};

}  // namespace charcount::detail

#endif
