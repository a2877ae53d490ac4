// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests that a connection that floods leaves the others their turn, on a network in memory.

#include <doctest/doctest.h>

#include <charcount/framing/line.hpp>
#include <charcount/transport/memory.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <support/memory_peer.hpp>
#include <support/memory_server.hpp>
#include <support/repeated.hpp>

using charcount::AsyncMemory;
using charcount::LineFraming;
using charcount::MemoryExperiment;
using charcount::test::ConnectionNotes;
using charcount::test::MemoryPeer;
using charcount::test::MemoryServer;
using charcount::test::repeated;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t flood_lines = 1'500'000;

// What a turn may take of one connection, in lines of two bytes: one read of the large buffer
// behind one of the small one.
constexpr std::size_t lines_in_a_turn = (256 + 16) * 1024 / 2;

struct Order {
    std::size_t flood = 0;               ///< lines of the flood so far
    std::size_t flood_before_other = 0;  ///< how many of them came before the other's line
};

Order order;

// Without replies, so that no full output makes the flood wait.
struct OrderHandler {
    explicit OrderHandler(const std::shared_ptr<ConnectionNotes>&) {}

    void operator()(std::string_view message) const {
        if (message == "f") ++order.flood;
        if (message == "o") order.flood_before_other = order.flood;
    }
};

using Server = MemoryServer<AsyncMemory, LineFraming, OrderHandler>;

struct Flood {
    MemoryExperiment experiment{{.pipe_capacity = 4 << 20}};
    Server server;
    MemoryPeer flooding{server.port()};
    MemoryPeer other{server.port()};

    Flood() {
        order = {};
        server.settle();
        REQUIRE(flooding.send(repeated("f\n", flood_lines)) == 2 * flood_lines);
        REQUIRE(other.send("o\n") == 2);
    }
};

void check_turns() {
    CHECK(order.flood == flood_lines);
    CHECK(order.flood_before_other > 0);
    CHECK(order.flood_before_other <= lines_in_a_turn);
}

}  // namespace

TEST_CASE("a message of another is taken behind a part of a flood") {
    Flood flood;
    flood.server.settle();
    check_turns();
}

TEST_CASE("so it is while the server stops, and all that had arrived is taken") {
    Flood flood;
    flood.server->stop(1s);
    flood.server.settle();
    check_turns();
}

TEST_CASE("a stop without patience ends in the middle of a flood") {
    Flood flood;
    flood.server->stop(0s);
    const auto report = flood.server.report();
    CHECK(report.forced > 0);
    CHECK(order.flood <= 4 * lines_in_a_turn);
}
