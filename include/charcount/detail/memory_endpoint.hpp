// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryEndpoint: an address in the memory network.

#ifndef CHARCOUNT_DETAIL_MEMORY_ENDPOINT_HPP
#define CHARCOUNT_DETAIL_MEMORY_ENDPOINT_HPP

#include <cstdint>

namespace charcount {

/// A port, and nothing else: there is one host.
class MemoryEndpoint {
public:
    MemoryEndpoint() = default;
    constexpr explicit MemoryEndpoint(std::uint16_t port) noexcept : port_(port) {}

    [[nodiscard]] constexpr std::uint16_t port() const noexcept { return port_; }

    friend constexpr bool operator==(const MemoryEndpoint&, const MemoryEndpoint&) = default;

private:
    std::uint16_t port_ = 0;
};

}  // namespace charcount

#endif
