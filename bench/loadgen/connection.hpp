// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// One connection to the server: what is asked on it, and when.

#ifndef CHARCOUNT_BENCH_LOADGEN_CONNECTION_HPP
#define CHARCOUNT_BENCH_LOADGEN_CONNECTION_HPP

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "descriptor.hpp"
#include "reply_checker.hpp"
#include "requests.hpp"
#include "run.hpp"

namespace charcount::bench {

/// A socket that does not block, with what still has to be sent and what has to come.
///
/// *Errors*: what goes wrong is thrown as `std::runtime_error`, in words for the user; then the
/// connection must be closed.
class Connection {
public:
    /// Its first request will be the one at `first`.
    Connection(const Requests& requests, std::size_t depth, std::size_t first)
        : checker_(requests, first), asked_at_(depth) {}

    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(socket_); }
    [[nodiscard]] const Descriptor& socket() const noexcept { return socket_; }
    [[nodiscard]] std::size_t in_flight() const noexcept { return checker_.in_flight(); }
    [[nodiscard]] bool has_unsent() const noexcept { return !unsent_.empty(); }

    void open(Descriptor socket) { socket_ = std::move(socket); }

    void close() { [[maybe_unused]] const Descriptor closed = std::move(socket_); }

    /// So many more requests are to be sent, once all before them are. *Requires*: they are.
    void ask(std::size_t count, Clock::time_point now) {
        for (std::size_t i = 0; i < count; ++i) {
            asked_at_[next_] = now;
            next_ = next_ + 1 == asked_at_.size() ? 0 : next_ + 1;
        }
        unsent_ = checker_.ask(count);
    }

    /// Sends as much as the socket takes; returns how many bytes.
    std::size_t flush();

    struct Received {
        std::size_t bytes = 0;  ///< 0: there is nothing
        std::size_t replies = 0;
    };

    /// Receives once, and checks what comes.
    [[nodiscard]] Received receive(std::span<char> buffer);

    /// When the oldest request of those whose reply came was asked; one call for each reply.
    [[nodiscard]] Clock::time_point take_asked_at() noexcept {
        const Clock::time_point asked_at = asked_at_[oldest_];
        oldest_ = oldest_ + 1 == asked_at_.size() ? 0 : oldest_ + 1;
        return asked_at;
    }

private:
    [[nodiscard]] std::string words_about(std::string_view arrived) const;

    Descriptor socket_;
    ReplyChecker checker_;
    std::string_view unsent_;
    std::vector<Clock::time_point> asked_at_;  // a circle
    std::size_t next_ = 0;
    std::size_t oldest_ = 0;
};

}  // namespace charcount::bench

#endif
