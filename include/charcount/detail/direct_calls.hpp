// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The system calls of each message and connection, without the C library's preparations to be
// cancelled.

#ifndef CHARCOUNT_DETAIL_DIRECT_CALLS_HPP
#define CHARCOUNT_DETAIL_DIRECT_CALLS_HPP

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <cstddef>
#include <span>

#include <sys/syscall.h>

/// In a process with several threads, glibc 2.36 allows `pthread_cancel` before each of these
/// calls and forbids it after, by two locked instructions. For a short message that is 1 % of all
/// that is done for it; and C++ has no use for it. Sanitizers look into the functions, so they get
/// them.
///
/// *Errors*: as the functions of their names: -1, and `errno`. *Source*: recv(2), send(2),
/// accept4(2), close(2), epoll_wait(2), pthreads(7) on cancellation points.
namespace charcount::detail::direct {

#if CHARCOUNT_HAS_DIRECT_CALLS

[[nodiscard]] inline ssize_t recv(int socket, void* buffer, std::size_t size, int flags) noexcept {
    return ::syscall(SYS_recvfrom, socket, buffer, size, flags, nullptr, nullptr);
}

/// Never blocks.
[[nodiscard]] inline ssize_t send(int socket, const void* bytes, std::size_t size) noexcept {
    return ::syscall(SYS_sendto, socket, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT, nullptr, 0);
}

/// `flags`: `SOCK_NONBLOCK`, or 0 for a descriptor that blocks.
[[nodiscard]] inline int accept(int socket, sockaddr* address, socklen_t* size,
                                int flags) noexcept {
    return static_cast<int>(::syscall(SYS_accept4, socket, address, size, flags | SOCK_CLOEXEC));
}

inline void close(int descriptor) noexcept {
    ::syscall(SYS_close, descriptor);
}

/// `timeout`: in milliseconds; -1: none.
[[nodiscard]] inline int epoll_wait(int epoll, std::span<epoll_event> events,
                                    int timeout) noexcept {
    return static_cast<int>(
        ::syscall(SYS_epoll_pwait, epoll, events.data(), events.size(), timeout, nullptr, 0));
}

#else

[[nodiscard]] inline ssize_t recv(int socket, void* buffer, std::size_t size, int flags) noexcept {
    return ::recv(socket, buffer, size, flags);
}

/// Never blocks.
[[nodiscard]] inline ssize_t send(int socket, const void* bytes, std::size_t size) noexcept {
    return ::send(socket, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// `flags`: `SOCK_NONBLOCK`, or 0 for a descriptor that blocks.
[[nodiscard]] inline int accept(int socket, sockaddr* address, socklen_t* size,
                                int flags) noexcept {
    return ::accept4(socket, address, size, flags | SOCK_CLOEXEC);
}

inline void close(int descriptor) noexcept {
    ::close(descriptor);
}

/// `timeout`: in milliseconds; -1: none.
[[nodiscard]] inline int epoll_wait(int epoll, std::span<epoll_event> events,
                                    int timeout) noexcept {
    return ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), timeout);
}

#endif

}  // namespace charcount::detail::direct

#endif
#endif
