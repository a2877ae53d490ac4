// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// EpollWaiter: where a blocking thread waits for its socket, and another thread can wake it.

#ifndef CHARCOUNT_DETAIL_EPOLL_WAITER_HPP
#define CHARCOUNT_DETAIL_EPOLL_WAITER_HPP

#include <charcount/detail/descriptor.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <array>
#include <cerrno>
#include <charcount/detail/direct_calls.hpp>
#include <charcount/detail/poll.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace charcount::detail {

/// An epoll of its own for each thread: quicker than to poll the socket and a second descriptor to
/// wake it by, and no more descriptors. All of them know one that is always ready, and look away
/// from it until they are to be woken.
///
/// *Thread safety*: `signal` from any thread; the others from the waiting one.
/// *Lifetime*: it waits for one socket alone, until a wait for a signal alone, which forgets it
/// while it is still open. *Source*: epoll(7), EPOLLONESHOT.
class EpollWaiter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// *Throws*: `std::system_error` when no descriptor is left.
    EpollWaiter() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        if (!epoll_ || !control(EPOLL_CTL_ADD, always_ready(), 0, of_signal))
            throw std::system_error(last_error(), "epoll");
    }
    EpollWaiter(const EpollWaiter&) = delete;
    EpollWaiter& operator=(const EpollWaiter&) = delete;

    /// Ends the current wait, or the next one.
    void signal() noexcept {
        control(EPOLL_CTL_MOD, always_ready(), EPOLLIN | EPOLLONESHOT, of_signal);
    }

    /// Waits until the socket is ready, for a signal, or for the deadline.
    Readiness wait(int socket, Interest interest, TimePoint deadline) {
        watch(socket, (interest.read ? EPOLLIN : 0U) | (interest.write ? EPOLLOUT : 0U));
        Readiness ready;
        for (const epoll_event& event : next_events(deadline)) {
            if (event.events == 0) break;
            if (event.data.u32 == of_signal) {
                ready.woken = true;
            } else {
                note(event.events, interest, ready);
            }
        }
        return ready;
    }

    /// Waits for a signal alone.
    Readiness wait(TimePoint deadline) {
        if (is_watching_) control(EPOLL_CTL_DEL, socket_, 0, of_socket);
        is_watching_ = false;
        const auto events = next_events(deadline);
        return {.woken = events[0].events != 0};
    }

private:
    static constexpr std::uint32_t of_signal = 0;
    static constexpr std::uint32_t of_socket = 1;

    using Events = std::array<epoll_event, 2>;

    static int always_ready() {
        static const Descriptor descriptor = [] {
            Descriptor made(::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC));
            if (!made) throw std::system_error(last_error(), "eventfd");
            return made;
        }();
        return descriptor.number();
    }

    bool control(int operation, int descriptor, std::uint32_t events, std::uint32_t of) noexcept {
        epoll_event event{};
        event.events = events;
        event.data.u32 = of;
        return ::epoll_ctl(epoll_.number(), operation, descriptor, &event) == 0;
    }

    void watch(int socket, std::uint32_t events) noexcept {
        if (is_watching_ && events == watched_for_) return;
        control(is_watching_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, events, of_socket);
        is_watching_ = true;
        watched_for_ = events;
        socket_ = socket;
    }

    /// Those that have come; without events: none has. An interrupted wait goes on.
    Events next_events(TimePoint deadline) noexcept {
        Events events{};
        while (direct::epoll_wait(epoll_.number(), events, poll_timeout(deadline)) < 0) {
            if (poll_timeout(deadline) == 0) break;
        }
        return events;
    }

    /// An error or a hang-up shows when the socket is next used, for whatever was waited for.
    static void note(std::uint32_t events, Interest interest, Readiness& ready) noexcept {
        const bool has_failed = (events & (EPOLLERR | EPOLLHUP)) != 0;
        ready.readable = (events & EPOLLIN) != 0 || (has_failed && interest.read);
        ready.writable = (events & EPOLLOUT) != 0 || (has_failed && !ready.readable);
    }

    const Descriptor epoll_;
    int socket_ = -1;
    std::uint32_t watched_for_ = 0;
    bool is_watching_ = false;
};

}  // namespace charcount::detail

#endif
#endif
