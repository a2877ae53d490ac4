// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Waiting for one socket with a deadline, which Asio's synchronous calls do not offer.

#ifndef CHARCOUNT_DETAIL_POLL_HPP
#define CHARCOUNT_DETAIL_POLL_HPP

#include <algorithm>
#include <array>
#include <charcount/detail/platform.hpp>
#include <charcount/detail/waker.hpp>
#include <chrono>
#include <cstddef>
#include <limits>

namespace charcount::detail {

/// What a wait is for.
struct Interest {
    bool read = false;
    bool write = false;
};

/// How a wait ended. All false: the deadline has passed.
struct Readiness {
    bool readable = false;
    bool writable = false;
    bool woken = false;

    [[nodiscard]] bool timed_out() const noexcept { return !readable && !writable && !woken; }
};

#if CHARCOUNT_IS_WINDOWS
using PollEntry = ::WSAPOLLFD;
inline int poll_entries(PollEntry* entries, std::size_t count, int timeout_ms) noexcept {
    return ::WSAPoll(entries, static_cast<::ULONG>(count), timeout_ms);
}
#else
using PollEntry = ::pollfd;
inline int poll_entries(PollEntry* entries, std::size_t count, int timeout_ms) noexcept {
    return ::poll(entries, static_cast<::nfds_t>(count), timeout_ms);
}
#endif

/// The time left in poll's unit, rounded up so that the deadline has passed when it says so.
inline int poll_timeout(std::chrono::steady_clock::time_point deadline) {
    using namespace std::chrono;
    if (deadline == steady_clock::time_point::max()) return -1;
    const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, std::numeric_limits<int>::max()));
}

/// Polls until something is ready or the deadline has passed.
inline void poll_until(PollEntry* entries, std::size_t count,
                       std::chrono::steady_clock::time_point deadline) {
    // An interrupted or failed poll is tried again: its entries are then without a result.
    while (poll_entries(entries, count, poll_timeout(deadline)) < 0) {
        for (std::size_t i = 0; i < count; ++i) entries[i].revents = 0;
        if (poll_timeout(deadline) == 0) return;
    }
}

/// Waits for a socket, and for a waker where there is one.
template <class Handle>
Readiness poll_socket(Handle socket, Interest interest, Waker* waker,
                      std::chrono::steady_clock::time_point deadline) {
    std::array<PollEntry, 2> entries{};
    entries[0].fd = socket;
    entries[0].events =
        static_cast<short>((interest.read ? POLLIN : 0) | (interest.write ? POLLOUT : 0));
    if (waker) {
        entries[1].fd = waker->native_handle();
        entries[1].events = POLLIN;
    }
    poll_until(entries.data(), waker ? 2 : 1, deadline);
    // An error or a hang-up shows when the socket is next used, for whatever was waited for.
    const bool failed = (entries[0].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    Readiness ready;
    ready.readable = (entries[0].revents & POLLIN) != 0 || (failed && interest.read);
    ready.writable = (entries[0].revents & POLLOUT) != 0 || (failed && !ready.readable);
    ready.woken = entries[1].revents != 0;
    if (ready.woken) waker->clear();
    return ready;
}

/// Waits for a waker alone.
inline Readiness poll_waker(Waker& waker, std::chrono::steady_clock::time_point deadline) {
    PollEntry entry{};
    entry.fd = waker.native_handle();
    entry.events = POLLIN;
    poll_until(&entry, 1, deadline);
    if (entry.revents == 0) return {};
    waker.clear();
    return {.woken = true};
}

}  // namespace charcount::detail

#endif
