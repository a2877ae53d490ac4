// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the ways to connect have in common: time for each address, another try, which error counts.

#ifndef CHARCOUNT_DETAIL_CONNECT_ATTEMPTS_HPP
#define CHARCOUNT_DETAIL_CONNECT_ATTEMPTS_HPP

#include <algorithm>
#include <asio/error.hpp>
#include <charcount/detail/platform.hpp>
#include <chrono>
#include <cstddef>
#include <system_error>

namespace charcount::detail {

/// The part of the time left that the next of several addresses gets.
template <class TimePoint>
[[nodiscard]] TimePoint share_of_time(TimePoint now, TimePoint deadline,
                                      std::size_t addresses_left) noexcept {
    if (deadline == TimePoint::max()) return deadline;
    const auto left = deadline > now ? deadline - now : typename TimePoint::duration(0);
    return now + left / static_cast<typename TimePoint::rep>(addresses_left);
}

/// Whether an attempt to connect ended only because the backlog is full. TCP then waits for room;
/// a Unix socket says so at once. Older Asio makes that an error, newer Asio takes it for success,
/// but of a socket without a peer.
template <class Socket>
[[nodiscard]] bool is_backlog_full(const Socket& socket, const std::error_code& error) {
    if (error) return error == asio::error::no_buffer_space;
    std::error_code no_peer;
    if constexpr (requires { socket.remote_endpoint().path(); }) socket.remote_endpoint(no_peer);
    return no_peer == asio::error::not_connected;
}

/// When to try an address again whose backlog is full.
template <class TimePoint>
[[nodiscard]] TimePoint next_try(TimePoint now, TimePoint deadline) noexcept {
    return std::min(deadline, now + std::chrono::milliseconds(10));
}

/// Whether this machine could not even ask an address: it has no IPv6, say.
[[nodiscard]] inline bool has_no_way(const std::error_code& error) noexcept {
    // Asio's own category names these with the system's numbers, and no conditions.
    const auto is = [&](std::errc condition, int number) {
        return error == condition ||
               error == std::error_code(number, asio::error::get_system_category());
    };
    return is(std::errc::address_family_not_supported, asio::error::address_family_not_supported) ||
           is(std::errc::network_unreachable, asio::error::network_unreachable) ||
           is(std::errc::address_not_available, address_not_available);
}

/// Of the errors of two addresses, tried one after the other, the one that says more: the first,
/// unless that address had no chance.
[[nodiscard]] inline std::error_code more_telling(const std::error_code& first,
                                                  const std::error_code& second) noexcept {
    return !first || has_no_way(first) ? second : first;
}

}  // namespace charcount::detail

#endif
