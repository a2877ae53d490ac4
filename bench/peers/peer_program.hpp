// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the C++ peers share as programs: the command line, the listening socket, the threads.

#ifndef CHARCOUNT_BENCH_PEERS_PEER_PROGRAM_HPP
#define CHARCOUNT_BENCH_PEERS_PEER_PROGRAM_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "loadgen/descriptor.hpp"

namespace peers {

using charcount::bench::Descriptor;

/// What the command line asks for.
struct Settings {
    std::uint16_t port = 0;
    std::size_t threads = 1;
    std::string_view variant;  ///< of a program that has several
};

[[noreturn]] inline void throw_last_error(const char* operation) {
    throw std::system_error(errno, std::system_category(), operation);
}

template <class Number>
Number parse_number(std::string_view text, Number least) {
    Number value{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < least)
        throw std::invalid_argument("'" + std::string(text) + "' is not a fitting number");
    return value;
}

/// Reads `--port P [--threads N]`, and `--variant V` if the program has variants.
inline Settings parse_command_line(std::span<char* const> arguments,
                                   std::initializer_list<std::string_view> variants) {
    Settings settings;
    if (variants.size() > 0) settings.variant = *variants.begin();
    for (std::size_t i = 1; i < arguments.size(); i += 2) {
        const std::string_view name = arguments[i];
        if (i + 1 == arguments.size())
            throw std::invalid_argument(std::string(name) + ": a value is missing");
        const std::string_view value = arguments[i + 1];
        if (name == "--port") {
            settings.port = parse_number<std::uint16_t>(value, 0);
        } else if (name == "--threads") {
            settings.threads = parse_number<std::size_t>(value, 1);
        } else if (name == "--variant" && std::count(variants.begin(), variants.end(), value) > 0) {
            settings.variant = value;
        } else {
            throw std::invalid_argument(std::string(name) + ' ' + std::string(value) +
                                        ": no such option");
        }
    }
    return settings;
}

/// A socket that listens on the loopback; with `is_shared`, others may listen on the same port,
/// and the kernel spreads the connections over all of them. Accepted sockets inherit TCP_NODELAY.
inline Descriptor listening_socket(std::uint16_t port, bool is_shared = false) {
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) throw_last_error("socket");
    const int on = 1;
    const auto set = [&](int level, int option) {
        if (::setsockopt(socket.number(), level, option, &on, sizeof on) != 0)
            throw_last_error("setsockopt");
    };
    set(SOL_SOCKET, SO_REUSEADDR);
    set(IPPROTO_TCP, TCP_NODELAY);
    if (is_shared) set(SOL_SOCKET, SO_REUSEPORT);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw_last_error("bind");
    if (::listen(socket.number(), SOMAXCONN) != 0) throw_last_error("listen");
    return socket;
}

/// The port that a socket is bound to.
inline std::uint16_t port_of(const Descriptor& socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw_last_error("getsockname");
    return ntohs(address.sin_port);
}

/// Tells whoever started the peer that it listens.
inline void announce(std::uint16_t port) {
    std::cout << "listening on 127.0.0.1:" << port << std::endl;
}

/// Runs `loop` in each thread with a listening socket of its own, all on the same port.
inline void run_loops(const Settings& settings, const std::function<void(int)>& loop) {
    std::vector<Descriptor> sockets;
    sockets.push_back(listening_socket(settings.port, settings.threads > 1));
    const std::uint16_t port = port_of(sockets.front());
    while (sockets.size() < settings.threads) sockets.push_back(listening_socket(port, true));

    std::vector<std::jthread> threads;
    for (const Descriptor& socket : std::span(sockets).subspan(1))
        threads.emplace_back(loop, socket.number());
    announce(port);
    loop(sockets.front().number());
}

/// The body of each peer's `main`: `serve` with what the command line asks for. SIGTERM ends the
/// process as it does by default.
inline int run_peer(int argc, char** argv, const std::function<void(const Settings&)>& serve,
                    std::initializer_list<std::string_view> variants = {}) {
    try {
        std::signal(SIGPIPE, SIG_IGN);
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
        serve(parse_command_line({argv, static_cast<std::size_t>(argc)}, variants));
        return 0;
    } catch (const std::invalid_argument& error) {
        std::cerr << argv[0] << ": " << error.what() << '\n';
        return 2;
    } catch (const std::exception& error) {
        std::cerr << argv[0] << ": " << error.what() << '\n';
        return 1;
    }
}

}  // namespace peers

#endif
