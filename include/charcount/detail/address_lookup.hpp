// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Asks the system's resolver for the addresses of a name.

#ifndef CHARCOUNT_DETAIL_ADDRESS_LOOKUP_HPP
#define CHARCOUNT_DETAIL_ADDRESS_LOOKUP_HPP

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <cerrno>
#include <charcount/detail/platform.hpp>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace charcount::detail {

/// What `getaddrinfo` failed with, as Asio names it.
[[nodiscard]] inline std::error_code lookup_error(int code) noexcept {
    switch (code) {
        case 0:
            return {};
        case EAI_AGAIN:
            return asio::error::host_not_found_try_again;
        case EAI_FAIL:
            return asio::error::no_recovery;
        case EAI_FAMILY:
            return asio::error::address_family_not_supported;
        case EAI_MEMORY:
            return asio::error::no_memory;
#ifdef EAI_SYSTEM
        case EAI_SYSTEM:
            return {errno, asio::error::get_system_category()};
#endif
        default:
            return asio::error::host_not_found;
    }
}

/// The addresses of a name, IPv4 first; each with the port. May take as long as the system's
/// resolver does. (Asio's resolver does the same call, behind a loop and a thread that every
/// server would have to compile.)
///
/// *Source*: RFC 3493, section 6.1.
[[nodiscard]] inline std::vector<asio::ip::tcp::endpoint> look_up(const std::string& host,
                                                                  std::uint16_t port,
                                                                  std::error_code& error) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_protocol = IPPROTO_TCP;
    addrinfo* first = nullptr;
    error = lookup_error(::getaddrinfo(host.c_str(), nullptr, &wanted, &first));
    if (error) return {};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(first, &::freeaddrinfo);

    std::vector<asio::ip::tcp::endpoint> found;
    for (const addrinfo* one = first; one != nullptr; one = one->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (one->ai_addrlen > endpoint.capacity()) continue;
        endpoint.resize(one->ai_addrlen);
        std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
        endpoint.port(port);
        found.insert(endpoint.address().is_v4() ? found.begin() : found.end(), endpoint);
    }
    return found;
}

}  // namespace charcount::detail

#endif
