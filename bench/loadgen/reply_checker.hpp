// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Compares what arrives on one connection with what must arrive, byte by byte.

#ifndef CHARCOUNT_BENCH_LOADGEN_REPLY_CHECKER_HPP
#define CHARCOUNT_BENCH_LOADGEN_REPLY_CHECKER_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "requests.hpp"

namespace charcount::bench {

/// Knows which requests of a connection wait for their replies.
///
/// *Lifetime*: the requests must outlive it.
class ReplyChecker {
public:
    /// The first request will be the one at `first`.
    ReplyChecker(const Requests& requests, std::size_t first)
        : requests_(&requests), oldest_(first % requests.amount()), next_(oldest_) {}

    /// How many requests wait for their replies.
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

    /// Says that so many more requests are sent; returns what that is.
    [[nodiscard]] std::string_view ask(std::size_t count) {
        const std::string_view sent = requests_->sent(next_, count);
        next_ = (next_ + count) % requests_->amount();
        in_flight_ += count;
        return sent;
    }

    /// Takes what has arrived: how many replies that ends, or nothing if it is wrong.
    [[nodiscard]] std::optional<std::size_t> take(std::string_view arrived) {
        if (!expected().starts_with(arrived)) return std::nullopt;
        const std::size_t position = requests_->reply_begin(oldest_) + taken_ + arrived.size();
        std::size_t replies = 0;
        while (replies < in_flight_ && requests_->reply_begin(oldest_ + replies + 1) <= position) {
            ++replies;
        }
        taken_ = position - requests_->reply_begin(oldest_ + replies);
        oldest_ = (oldest_ + replies) % requests_->amount();
        in_flight_ -= replies;
        return replies;
    }

    /// The first reply that is wrong in what `take` refused.
    struct Wrong {
        std::string_view message;  ///< to which it replies; empty when nothing was asked
        std::string_view expected;
        std::string got;  ///< as much of it as has arrived
    };

    [[nodiscard]] Wrong explain(std::string_view arrived) const {
        std::string all(expected_replies().substr(0, taken_));
        all += arrived;
        std::string_view rest = all;
        for (std::size_t i = 0; i < in_flight_; ++i) {
            const std::string_view reply = requests_->replies(oldest_ + i, 1);
            if (!rest.starts_with(reply)) {
                const std::string_view message = line_of(requests_->sent(oldest_ + i, 1));
                return {message, line_of(reply), std::string(line_of(rest))};
            }
            rest.remove_prefix(reply.size());
        }
        return {{}, {}, std::string(line_of(rest))};
    }

private:
    [[nodiscard]] static std::string_view line_of(std::string_view bytes) {
        return bytes.substr(0, bytes.find('\n'));
    }

    [[nodiscard]] std::string_view expected_replies() const {
        return requests_->replies(oldest_, in_flight_);
    }

    [[nodiscard]] std::string_view expected() const { return expected_replies().substr(taken_); }

    const Requests* requests_;
    std::size_t oldest_;         // the first request that waits
    std::size_t next_;           // the next that will be sent
    std::size_t in_flight_ = 0;  // from one to the other
    std::size_t taken_ = 0;      // so many bytes of the oldest one's reply are there
};

}  // namespace charcount::bench

#endif
