// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows `Conversation`, the core without I/O, driven by an event loop of your own: poll(2) on a
// socket. There is no Asio in this program.
//
//     ./own_event_loop      a loop serves one end of a socket pair, a thread talks at the other

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charcount/conversation.hpp>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

namespace {

std::error_code last_error() {
    return {errno, std::system_category()};
}

/// Moves bytes between the socket and the conversation until that has finished.
// [serve]
template <class C>
std::error_code serve(int socket, C& conversation) {
    std::array<char, 4096> buffer;
    while (!conversation.finished()) {
        const std::string_view output = conversation.output();
        pollfd wanted{.fd = socket, .events = 0, .revents = 0};
        if (conversation.wants_input()) wanted.events |= POLLIN;
        if (!output.empty()) wanted.events |= POLLOUT;
        if (::poll(&wanted, 1, -1) < 0) return last_error();

        if ((wanted.revents & POLLOUT) != 0) {
            const ssize_t count =
                ::send(socket, output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count < 0) return last_error();
            conversation.consume(static_cast<std::size_t>(count));
        } else {
            const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count < 0) return last_error();
            if (count == 0) conversation.end_of_stream();
            if (count > 0) conversation.receive({buffer.data(), static_cast<std::size_t>(count)});
        }
    }
    return {};
}
// [serve]

/// The other side: sends all it has, half-closes, and reads until the end.
std::string talk(int socket, std::string_view text) {
    std::string replies(1024, '\0');
    std::size_t size = 0;
    if (::send(socket, text.data(), text.size(), 0) < 0 || ::shutdown(socket, SHUT_WR) != 0)
        return last_error().message();
    for (ssize_t count = 1; count > 0; size += static_cast<std::size_t>(count))
        if ((count = ::recv(socket, replies.data() + size, replies.size() - size, 0)) < 0) break;
    replies.resize(size);
    return replies;
}

}  // namespace

int main() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return 1;
    std::string replies;
    std::thread other([&] { replies = talk(ends[1], "Halo\nGrüße\n你好\n"); });

    // [conversation]
    charcount::Conversation<> conversation;  // counts characters, a message is a line
    conversation.open();
    const std::error_code error = serve(ends[0], conversation);
    conversation.close(error);
    // [conversation]
    ::close(ends[0]);

    other.join();
    ::close(ends[1]);
    std::cout << replies;
    return error ? 1 : 0;
}
