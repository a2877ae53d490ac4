// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The line protocol with blocking sockets, a thread for each connection.
//
// What one writes with nothing but POSIX: the kernel's scheduler is the event loop. Each thread
// reads up to 64 KiB and answers all of it with one send, so it is as good as this design gets.
// `--threads` means nothing here.

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "peers/line_protocol.hpp"
#include "peers/peer_program.hpp"

namespace {

bool send_all(const peers::Descriptor& socket, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL);
        if (count < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void talk(const peers::Descriptor& socket) {
    peers::Lines lines;
    std::string replies;
    std::array<char, peers::read_bytes> buffer;
    while (true) {
        const ssize_t count = ::recv(socket.number(), buffer.data(), buffer.size(), 0);
        if (count <= 0) return;
        replies.clear();
        const bool goes_on =
            lines.receive({buffer.data(), static_cast<std::size_t>(count)}, replies);
        if (!send_all(socket, replies) || !goes_on) return;
    }
}

[[noreturn]] void accept_all(const peers::Descriptor& listening) {
    while (true) {
        peers::Descriptor socket(::accept4(listening.number(), nullptr, nullptr, SOCK_CLOEXEC));
        if (socket)
            std::thread([socket = std::move(socket)] { talk(socket); }).detach();
        else if (errno != EINTR && errno != ECONNABORTED)
            peers::throw_last_error("accept4");
    }
}

}  // namespace

int main(int argc, char** argv) {
    return peers::run_peer(argc, argv, [](const peers::Settings& settings) {
        const peers::Descriptor listening = peers::listening_socket(settings.port);
        if (::fcntl(listening.number(), F_SETFL, 0) != 0)
            peers::throw_last_error("fcntl");  // blocks
        peers::announce(peers::port_of(listening));
        accept_all(listening);
    });
}
