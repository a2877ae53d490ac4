// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What differs between systems: the one place with switches for them.

#ifndef CHARCOUNT_DETAIL_PLATFORM_HPP
#define CHARCOUNT_DETAIL_PLATFORM_HPP

#include <asio/detail/config.hpp>

#if defined(_WIN32)
#define CHARCOUNT_IS_WINDOWS 1
#else
#define CHARCOUNT_IS_WINDOWS 0
#endif

#if defined(__linux__)
#define CHARCOUNT_HAS_EVENTFD 1
#else
#define CHARCOUNT_HAS_EVENTFD 0
#endif

// A build that tells Asio to use io_uring instead wants that here, too.
#if defined(__linux__) && !defined(ASIO_DISABLE_EPOLL)
#define CHARCOUNT_HAS_EPOLL 1
#else
#define CHARCOUNT_HAS_EPOLL 0
#endif

// Whether system calls need not be the C library's functions, which sanitizers look into.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CHARCOUNT_HAS_DIRECT_CALLS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define CHARCOUNT_HAS_DIRECT_CALLS 0
#endif
#endif
#ifndef CHARCOUNT_HAS_DIRECT_CALLS
#define CHARCOUNT_HAS_DIRECT_CALLS 1
#endif

#if CHARCOUNT_IS_WINDOWS
#include <asio/detail/socket_types.hpp>
#else
#include <cerrno>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#if CHARCOUNT_HAS_EVENTFD
#include <sys/eventfd.h>
#endif

#if CHARCOUNT_HAS_EPOLL
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#endif

namespace charcount::detail {

/// The system's number for an address that this machine does not have; Asio has no name for it.
#if CHARCOUNT_IS_WINDOWS
inline constexpr int address_not_available = WSAEADDRNOTAVAIL;
#else
inline constexpr int address_not_available = EADDRNOTAVAIL;
#endif

/// Whether an accepted connection has the options of the listening socket, such as TCP_NODELAY.
#if defined(__linux__)
inline constexpr bool accepted_inherit_options = true;
#else
inline constexpr bool accepted_inherit_options = false;
#endif

}  // namespace charcount::detail

#endif
