// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// How long to wait before the next attempt to connect.

#ifndef CHARCOUNT_EXAMPLES_CHAT_BACKOFF_HPP
#define CHARCOUNT_EXAMPLES_CHAT_BACKOFF_HPP

#include <algorithm>
#include <chrono>
#include <random>

namespace chat {

/// Waits that double up to a limit, each shortened by up to a half at random, so that clients
/// which lost one server don't all come back in the same moment.
class Backoff {
public:
    using Wait = std::chrono::milliseconds;

    static constexpr Wait shortest{500};
    static constexpr Wait longest{10'000};

    explicit Backoff(unsigned seed = std::random_device()()) : random_(seed) {}

    /// The next wait.
    [[nodiscard]] Wait next() {
        const Wait most = wait_;
        wait_ = std::min(2 * wait_, longest);
        std::uniform_int_distribution<Wait::rep> between(most.count() / 2, most.count());
        return Wait(between(random_));
    }

    /// All is well again: the next wait is a short one.
    void reset() noexcept { wait_ = shortest; }

private:
    std::minstd_rand random_;
    Wait wait_ = shortest;
};

}  // namespace chat

#endif
