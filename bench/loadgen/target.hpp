// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The server's address, and sockets that connect to it.

#ifndef CHARCOUNT_BENCH_LOADGEN_TARGET_HPP
#define CHARCOUNT_BENCH_LOADGEN_TARGET_HPP

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "descriptor.hpp"
#include "run.hpp"
#include "settings.hpp"

namespace charcount::bench {

/// Where the server is.
class Target {
public:
    /// Looks the host up. *Throws* `std::runtime_error`.
    explicit Target(const Settings& settings);

    /// For messages: `127.0.0.1:12345`, or a path.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// A socket that does not block and has begun to connect; none while the backlog of a Unix
    /// domain socket is full. *Throws* `std::system_error`.
    [[nodiscard]] Descriptor begin_connecting();

    /// A socket that is connected, to the first of the host's addresses that lets it; from then on
    /// it is the only one. *Throws* `std::runtime_error`.
    [[nodiscard]] Descriptor connect(Clock::time_point deadline);

private:
    struct Address {
        sockaddr_storage bytes;
        socklen_t size;
    };

    void find_path(const std::string& path);
    void find_host(const Settings& settings);
    void bind_to_next_source(int socket);
    [[nodiscard]] Descriptor connect_to_first(Clock::time_point deadline);

    std::string name_;
    std::vector<Address> addresses_;
    bool spreads_sources_ = false;
    std::uint32_t sources_ = 0;
};

/// Raises the limit of open files as far as it goes. *Throws* `std::runtime_error` if that is not
/// enough for so many connections.
void allow_connections(std::size_t connections);

/// Waits until the socket can be read or written (POLLIN, POLLOUT), or has failed.
/// *Throws* `std::runtime_error` at the deadline, which says what was waited for, and when the
/// program is interrupted.
void wait_for(const Descriptor& socket, short events, Clock::time_point deadline,
              const std::string& operation);

}  // namespace charcount::bench

#endif
