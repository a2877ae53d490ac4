// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// See target.hpp.

#include "target.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/un.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <thread>

namespace charcount::bench {
namespace {

constexpr std::uint32_t loopback_net = 0x7F000000;  // 127.0.0.0/8
constexpr std::uint32_t sources = 64;

bool is_ipv4_loopback(const sockaddr_storage& bytes) {
    if (bytes.ss_family != AF_INET) return false;
    sockaddr_in address{};
    std::memcpy(&address, &bytes, sizeof address);
    return (ntohl(address.sin_addr.s_addr) & 0xFF000000U) == loopback_net;
}

std::error_code error_of(const Descriptor& socket) {
    int number = 0;
    socklen_t size = sizeof number;
    getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &number, &size);
    return {number, std::generic_category()};
}

}  // namespace

void allow_connections(std::size_t connections) {
    constexpr rlim_t others = 32;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) throw last_error("read the limit of open files");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) throw last_error("raise the limit of open files");
    if (connections + others > limit.rlim_max) {
        throw std::runtime_error(std::to_string(connections) + " connections need a limit of " +
                                 std::to_string(connections + others) + " open files; it is " +
                                 std::to_string(limit.rlim_max) + " (ulimit -Hn)");
    }
}

void wait_for(const Descriptor& socket, short events, Clock::time_point deadline,
              const std::string& operation) {
    pollfd wish{socket.number(), events, 0};
    while (true) {
        if (Interrupts::has_come())
            throw std::runtime_error("interrupted before anything was measured");
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) throw std::runtime_error(operation + ": timed out");
        const int ready = poll(&wish, 1, static_cast<int>(left.count()));
        if (ready > 0) return;
        if (ready < 0 && errno != EINTR) throw last_error("poll");
    }
}

Target::Target(const Settings& settings) : spreads_sources_(settings.mode == Mode::connect) {
    if (settings.path.empty()) {
        find_host(settings);
    } else {
        find_path(settings.path);
    }
}

void Target::find_path(const std::string& path) {
    name_ = path;
    sockaddr_un address{};
    if (path.size() >= sizeof address.sun_path)
        throw std::runtime_error("the path of the socket is too long: " + path);
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    std::memcpy(&addresses_.emplace_back().bytes, &address, sizeof address);
    addresses_.back().size = sizeof address;
}

void Target::find_host(const Settings& settings) {
    const bool is_ipv6 = settings.host.find(':') != std::string::npos;
    const std::string port = std::to_string(settings.port);
    name_ = (is_ipv6 ? "[" + settings.host + "]" : settings.host) + ":" + port;
    addrinfo wish{};
    wish.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int status = getaddrinfo(settings.host.c_str(), port.c_str(), &wish, &found);
    if (status != 0)
        throw std::runtime_error("find " + settings.host + ": " + gai_strerror(status));
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
    for (; found != nullptr; found = found->ai_next) {
        std::memcpy(&addresses_.emplace_back().bytes, found->ai_addr, found->ai_addrlen);
        addresses_.back().size = found->ai_addrlen;
    }
}

// A port that was used rests for a second at least. Tens of thousands of connections a second need
// more ports than one address has.
void Target::bind_to_next_source(int socket) {
    const int on = 1;
    setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in source{};
    source.sin_family = AF_INET;
    source.sin_addr.s_addr = htonl(loopback_net + 1 + sources_++ % sources);
    if (bind(socket, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0)
        throw last_error("bind to an address of this machine");
}

Descriptor Target::begin_connecting() {
    const Address& address = addresses_.front();
    const int family = address.bytes.ss_family;
    Descriptor made(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!made) throw last_error("make a socket");
    if (family != AF_UNIX) {
        const int on = 1;
        setsockopt(made.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (spreads_sources_ && is_ipv4_loopback(address.bytes)) bind_to_next_source(made.number());
    const auto* const bytes = reinterpret_cast<const sockaddr*>(&address.bytes);
    if (::connect(made.number(), bytes, address.size) == 0 || errno == EINPROGRESS) return made;
    if (errno == EAGAIN && family == AF_UNIX) return {};
    throw last_error("connect to " + name_);
}

Descriptor Target::connect_to_first(Clock::time_point deadline) {
    const std::string operation = "connect to " + name_;
    while (true) {
        Descriptor socket = begin_connecting();
        if (socket) {
            wait_for(socket, POLLOUT, deadline, operation);
            const std::error_code error = error_of(socket);
            if (error) throw std::system_error(error, operation);
            return socket;
        }
        if (Interrupts::has_come() || Clock::now() > deadline)
            throw std::runtime_error(operation + ": the backlog stays full");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

Descriptor Target::connect(Clock::time_point deadline) {
    while (true) {
        try {
            Descriptor socket = connect_to_first(deadline);
            addresses_.resize(1);
            return socket;
        } catch (const std::system_error&) {
            if (addresses_.size() == 1) throw;
            addresses_.erase(addresses_.begin());
        }
    }
}

}  // namespace charcount::bench
