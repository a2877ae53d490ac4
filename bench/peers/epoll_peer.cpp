// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The yardstick: the line protocol on Linux's epoll, written by hand, without a framework.
//
// It does what one does who knows epoll, and nothing else: level-triggered, as a read that gets
// less than it asked for needs no second one; one buffer of 64 KiB for all connections of a loop,
// so that a connection holds memory only while a message is cut; one send for all replies of a
// read; EPOLLOUT only after a short write, and no reading until the rest is gone. It has no
// deadlines and no limit on connections. The first loop accepts, and deals connections out.

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "peers/line_protocol.hpp"
#include "peers/peer_program.hpp"

namespace {

struct Connection {
    peers::Descriptor socket;
    peers::Lines lines;
    std::string unsent;
    bool is_ending = false;
};

class Loop {
public:
    Loop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        if (!epoll_) peers::throw_last_error("epoll_create1");
    }

    /// Accepts connections for all loops. What has no connection is the listening socket.
    void accept_for(std::vector<std::unique_ptr<Loop>>& loops, int listening) {
        loops_ = &loops;
        listening_ = listening;
        control(EPOLL_CTL_ADD, listening, EPOLLIN, nullptr);
    }

    /// Takes a connection over. From any thread.
    void add(peers::Descriptor socket) {
        auto connection = std::make_unique<Connection>();
        connection->socket = std::move(socket);
        const int number = connection->socket.number();
        control(EPOLL_CTL_ADD, number, EPOLLIN, connection.release());  // epoll holds it now
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        while (true) {
            const int count =
                ::epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), -1);
            if (count < 0 && errno != EINTR) peers::throw_last_error("epoll_wait");
            for (int i = 0; i < count; ++i) {
                auto* connection =
                    static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
                if (connection == nullptr) {
                    accept();
                } else if (!(connection->unsent.empty() ? receive(*connection)
                                                        : send_rest(*connection))) {
                    delete connection;
                }
            }
        }
    }

private:
    void control(int operation, int socket, std::uint32_t events, Connection* connection) {
        epoll_event event{};
        event.events = events;
        event.data.ptr = connection;
        if (::epoll_ctl(epoll_.number(), operation, socket, &event) != 0)
            peers::throw_last_error("epoll_ctl");
    }

    void accept() {
        peers::Descriptor socket(
            ::accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket) {
            (*loops_)[next_]->add(std::move(socket));
            next_ = (next_ + 1) % loops_->size();
        } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            peers::throw_last_error("accept4");
        }
    }

    /// False: the connection has ended. So for those below.
    bool receive(Connection& connection) {
        const ssize_t count = ::recv(connection.socket.number(), buffer_.data(), buffer_.size(), 0);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        if (count == 0) return false;
        replies_.clear();
        connection.is_ending =
            !connection.lines.receive({buffer_.data(), static_cast<std::size_t>(count)}, replies_);
        if (replies_.empty()) return true;

        const std::size_t sent = send(connection, replies_);
        if (sent == replies_.size()) return !connection.is_ending;
        if (sent == failed) return false;
        connection.unsent = replies_.substr(sent);
        control(EPOLL_CTL_MOD, connection.socket.number(), EPOLLOUT, &connection);
        return true;
    }

    bool send_rest(Connection& connection) {
        const std::size_t sent = send(connection, connection.unsent);
        if (sent == failed) return false;
        connection.unsent.erase(0, sent);
        if (!connection.unsent.empty()) return true;
        if (connection.is_ending) return false;
        connection.unsent.shrink_to_fit();
        control(EPOLL_CTL_MOD, connection.socket.number(), EPOLLIN, &connection);
        return true;
    }

    /// How much the socket took.
    static std::size_t send(const Connection& connection, std::string_view text) {
        const ssize_t count =
            ::send(connection.socket.number(), text.data(), text.size(), MSG_NOSIGNAL);
        if (count >= 0) return static_cast<std::size_t>(count);
        return errno == EAGAIN || errno == EINTR ? 0 : failed;
    }

    static constexpr std::size_t failed = std::string_view::npos;

    peers::Descriptor epoll_;
    int listening_ = -1;
    std::vector<std::unique_ptr<Loop>>* loops_ = nullptr;
    std::size_t next_ = 0;
    std::string replies_;
    std::array<char, peers::read_bytes> buffer_;
};

void serve(const peers::Settings& settings) {
    const peers::Descriptor listening = peers::listening_socket(settings.port);
    std::vector<std::unique_ptr<Loop>> loops;
    while (loops.size() < settings.threads) loops.push_back(std::make_unique<Loop>());
    loops.front()->accept_for(loops, listening.number());

    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < loops.size(); ++i)
        threads.emplace_back([&loop = *loops[i]] { loop.run(); });
    peers::announce(peers::port_of(listening));
    loops.front()->run();
}

}  // namespace

int main(int argc, char** argv) {
    return peers::run_peer(argc, argv, serve);
}
