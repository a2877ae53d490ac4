// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: the deadlines on a message, on output that nobody reads, and on silence.

#include <doctest/doctest.h>

#include <charcount/char_count_handler.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/repeated.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <vector>

namespace {

using charcount::CharCountHandler;
using charcount::errc;
using charcount::Peer;
using charcount::UntilEofFraming;
using charcount::test::AllRows;
using charcount::test::FewRows;
using charcount::test::Hooks;
using charcount::test::Log;
using charcount::test::noting_ends;
using charcount::test::patience;
using charcount::test::repeated;
using charcount::test::RunningServer;
using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;
using Errors = std::vector<std::error_code>;

// Sends a byte now and then until something comes back; returns how long that took.
template <class Client>
Clock::duration trickle(Client& client) {
    const auto begin = Clock::now();
    while (!client.receives_within(10ms) && Clock::now() - begin < patience) client.send("x");
    return Clock::now() - begin;
}

TEST_CASE_TEMPLATE_DEFINE("a message that takes too long ends its session", Row, message_deadline) {
    Log<std::error_code> ends;
    RunningServer<Row> server({.message_timeout = 150ms}, noting_ends(ends));
    auto client = server.connect();
    SUBCASE("when its rest never comes") {
        CHECK(client.ask("Halo") == "Halo");
        client.send("Hal");
    }
    SUBCASE("when its bytes trickle, which does not renew the time") {
        CHECK(client.ask("Halo") == "Halo");
        CHECK(trickle(client) >= 140ms);
    }
    SUBCASE("when it begins behind a whole one") {
        client.send("Halo\nHal");
    }
    const std::string said = client.read_to_end();
    CHECK(said.substr(said.find("error")) == "error: the message did not arrive in time\n");
    client.close();
    CHECK(ends.wait_for(1) == Errors{errc::message_timed_out});
}
TEST_CASE_TEMPLATE_APPLY(message_deadline, AllRows);

TEST_CASE_TEMPLATE_DEFINE("each message has its own time", Row, own_time) {
    RunningServer<Row> server({.message_timeout = 400ms});
    auto client = server.connect();
    const auto begin = Clock::now();
    // Each read ends inside a message, but never inside the same one for long.
    client.send("Ha");
    while (Clock::now() - begin < 600ms) {
        client.send("lo\nHa");
        if (client.read_line() != "Halo") break;
    }
    client.send("lo\n");
    CHECK(client.read_line() == "Halo");
}
TEST_CASE_TEMPLATE_APPLY(own_time, FewRows);

TEST_CASE_TEMPLATE_DEFINE("a stream may take its time", Row, stream_takes_time) {
    RunningServer<Row, CharCountHandler, UntilEofFraming> server;
    auto client = server.connect();
    client.send("begin");
    CHECK_FALSE(client.receives_within(100ms));
    client.finish_sending();
    CHECK(client.read_to_end() == "5");
}
TEST_CASE_TEMPLATE_APPLY(stream_takes_time, FewRows);

TEST_CASE_TEMPLATE_DEFINE("a stream has a message deadline where it is set", Row, stream_deadline) {
    RunningServer<Row, CharCountHandler, UntilEofFraming> server({.message_timeout = 100ms});
    auto client = server.connect();
    trickle(client);
    CHECK(client.read_to_end() == "error: the message did not arrive in time");
}
TEST_CASE_TEMPLATE_APPLY(stream_deadline, FewRows);

TEST_CASE_TEMPLATE_DEFINE("a quiet session ends", Row, idle_deadline) {
    Log<std::error_code> ends;
    RunningServer<Row> server({.idle_timeout = 200ms}, noting_ends(ends));
    auto client = server.connect();
    const auto begin = Clock::now();
    SUBCASE("that never said a word") {
        CHECK(client.read_to_end() == "");
    }
    SUBCASE("after its last message") {
        CHECK(client.ask("Halo") == "Halo");
        CHECK(client.read_to_end() == "");
    }
    SUBCASE("inside a message that has more time") {
        client.send("Hal");
        CHECK(client.read_to_end() == "");
    }
    CHECK(Clock::now() - begin >= 190ms);
    client.close();
    CHECK(ends.wait_for(1) == Errors{errc::idle_timed_out});
}
TEST_CASE_TEMPLATE_APPLY(idle_deadline, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a session with traffic is not quiet", Row, busy_session) {
    RunningServer<Row> server({.idle_timeout = 400ms});
    auto client = server.connect();
    const auto begin = Clock::now();
    std::string reply = "Halo";
    while (reply == "Halo" && Clock::now() - begin < 600ms) reply = client.ask("Halo");
    CHECK(reply == "Halo");
}
TEST_CASE_TEMPLATE_APPLY(busy_session, FewRows);

TEST_CASE_TEMPLATE_DEFINE("pushes are traffic too", Row, pushes_are_traffic) {
    RunningServer<Row> server({.idle_timeout = 400ms});
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    const auto begin = Clock::now();
    std::string heard = "news";
    while (heard == "news" && Clock::now() - begin < 600ms) {
        server->broadcast("news");
        heard = client.read_line();
    }
    CHECK(heard == "news");
}
TEST_CASE_TEMPLATE_APPLY(pushes_are_traffic, FewRows);

TEST_CASE_TEMPLATE_DEFINE("a client that reads nothing is cut off", Row, write_deadline) {
    Log<std::error_code> ends;
    Hooks hooks = noting_ends(ends);
    hooks.on_message = [](Peer&, std::string_view) { return std::string(64 * 1024, 'x'); };
    RunningServer<Row> server({.write_timeout = 100ms}, hooks);
    auto client = server.connect();
    client.send(repeated("ask\n", 500));
    CHECK(ends.wait_for(1) == Errors{errc::write_timed_out});
    const std::string received = client.read_to_end();
    CHECK(received.size() < 500 * 64 * 1024);
    CHECK(server.connect().ask("others")[0] == 'x');
}
TEST_CASE_TEMPLATE_APPLY(write_deadline, AllRows);

TEST_CASE_TEMPLATE_DEFINE("output that waits is no silence", Row, waiting_output) {
    Log<std::error_code> ends;
    Hooks hooks = noting_ends(ends);
    hooks.on_message = [](Peer&, std::string_view) { return std::string(64 * 1024, 'x'); };
    RunningServer<Row> server({.write_timeout = 600ms, .idle_timeout = 300ms}, hooks);
    auto client = server.connect();
    client.send(repeated("ask\n", 500));
    CHECK(ends.wait_for(1) == Errors{errc::write_timed_out});
}
TEST_CASE_TEMPLATE_APPLY(waiting_output, FewRows);

}  // namespace
