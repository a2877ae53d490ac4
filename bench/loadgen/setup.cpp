// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// See setup.hpp.

#include "setup.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace charcount::bench {
namespace {

constexpr std::size_t group_size = 32;

void send_first(Connection& connection, const Run& run) {
    connection.ask(1, Clock::now());
    while (true) {
        connection.flush();
        if (!connection.has_unsent()) break;
        wait_for(connection.socket(), POLLOUT, run.deadline, "send the first message");
    }
}

void receive_first(Connection& connection, Run& run) {
    std::array<char, 64> buffer{};
    while (connection.in_flight() > 0) {
        wait_for(connection.socket(), POLLIN, run.deadline,
                 "wait for the reply to the first message");
        [[maybe_unused]] const auto received = connection.receive(buffer);
    }
    [[maybe_unused]] const auto asked_at = connection.take_asked_at();
    ++run.replies_checked;
}

}  // namespace

std::vector<Connection> open_connections(std::size_t amount, const Settings& settings,
                                         const Requests& requests, Target& target, Run& run) {
    std::vector<Connection> connections;
    connections.reserve(amount);
    while (connections.size() < amount) {
        const std::size_t first = connections.size();
        const std::size_t count = std::min(group_size, amount - first);
        for (std::size_t i = first; i < first + count; ++i) {
            // Other connections begin with other messages.
            connections.emplace_back(requests, settings.depth, i * 7);
            connections.back().open(target.connect(run.deadline));
        }
        const std::span<Connection> group = std::span(connections).subspan(first);
        for (Connection& connection : group) send_first(connection, run);
        for (Connection& connection : group) receive_first(connection, run);
    }
    return connections;
}

}  // namespace charcount::bench
