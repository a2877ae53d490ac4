// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Looks at the sockets of a server that runs in the test's own process, from below (Linux).

#ifndef CHARCOUNT_TESTS_SUPPORT_SERVER_SOCKETS_HPP
#define CHARCOUNT_TESTS_SUPPORT_SERVER_SOCKETS_HPP

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <asio/ip/tcp.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

namespace charcount::test {

/// The descriptor that would be opened next.
[[nodiscard]] inline int lowest_free_descriptor() {
    const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::system_category(), "/dev/null");
    ::close(descriptor);
    return descriptor;
}

/// The descriptor whose peer is the client's socket: the server's end; -1 when there is none. It
/// asks the system for all of them: a thread that just starts may have opened and closed one below.
[[nodiscard]] inline int find_server_socket(const asio::ip::tcp::endpoint& client) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::stoi(entry.path().filename());
        asio::ip::tcp::endpoint peer;
        auto size = static_cast<::socklen_t>(peer.capacity());
        if (::getpeername(descriptor, peer.data(), &size) == 0 && peer == client) return descriptor;
    }
    return -1;
}

/// How many segments with data a TCP socket has received; with TCP_NODELAY and short writes that
/// is how many writes its peer has made.
[[nodiscard]] inline std::uint32_t data_segments_received(int socket) {
    // tcpi_data_segs_in of linux/tcp.h, which can't be included beside netinet/tcp.h.
    constexpr std::size_t offset = 152;
    std::array<char, 256> info{};
    auto size = static_cast<::socklen_t>(info.size());
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0 || size <= offset)
        throw std::system_error(errno, std::system_category(), "TCP_INFO");
    std::uint32_t count = 0;
    std::memcpy(&count, info.data() + offset, sizeof count);
    return count;
}

/// Leaves the process so many descriptors to open, until it is destroyed.
class DescriptorLimit {
public:
    explicit DescriptorLimit(::rlim_t left) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        ::rlimit now = before_;
        now.rlim_cur = static_cast<::rlim_t>(lowest_free_descriptor()) + left;
        if (::setrlimit(RLIMIT_NOFILE, &now) != 0)
            throw std::system_error(errno, std::system_category(), "setrlimit");
    }

    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;

private:
    ::rlimit before_{};
};

}  // namespace charcount::test

#endif
