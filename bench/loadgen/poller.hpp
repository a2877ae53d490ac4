// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Waits for what happens on many sockets, with epoll.

#ifndef CHARCOUNT_BENCH_LOADGEN_POLLER_HPP
#define CHARCOUNT_BENCH_LOADGEN_POLLER_HPP

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "descriptor.hpp"
#include "run.hpp"

namespace charcount::bench {

/// Sockets with numbers; those that close leave it by themselves.
///
/// Each is told of once when something changes (edge-triggered), so that what can be sent needs no
/// system call to be asked for, and none to be asked for no more.
class Poller {
public:
    Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        if (!epoll_) throw last_error("epoll_create1");
    }

    void add(const Descriptor& socket, std::size_t number) {
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<std::uint32_t>(EPOLLET);
        event.data.u64 = number;
        if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, socket.number(), &event) != 0)
            throw last_error("epoll_ctl");
    }

    /// What has happened; waits for it, but not beyond `until`, nor for long after a signal.
    [[nodiscard]] std::span<const epoll_event> wait(Clock::time_point until) {
        constexpr std::chrono::milliseconds longest{100};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        const auto timeout = std::clamp(left, std::chrono::milliseconds(0), longest);
        const int count =
            epoll_wait(epoll_.number(), events_.data(), static_cast<int>(events_.size()),
                       static_cast<int>(timeout.count()));
        if (count < 0 && errno != EINTR) throw last_error("epoll_wait");
        return {events_.data(), static_cast<std::size_t>(std::max(count, 0))};
    }

private:
    Descriptor epoll_;
    std::array<epoll_event, 256> events_{};
};

}  // namespace charcount::bench

#endif
