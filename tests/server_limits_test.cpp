// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: the limits on messages, connections, requests and pending output.

#include <doctest/doctest.h>

#include <asio/error.hpp>
#include <atomic>
#include <charcount/char_count_handler.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <support/counting_servers.hpp>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/repeated.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using charcount::CharCountHandler;
using charcount::errc;
using charcount::LengthFraming;
using charcount::Peer;
using charcount::RawFraming;
using charcount::StopReport;
using charcount::UntilEofFraming;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::FewRows;
using charcount::test::HookedHandler;
using charcount::test::Hooks;
using charcount::test::Log;
using charcount::test::noting_ends;
using charcount::test::patience;
using charcount::test::repeated;
using charcount::test::RunningServer;
using namespace std::chrono_literals;
using namespace std::string_literals;

using Clock = std::chrono::steady_clock;
using Errors = std::vector<std::error_code>;

// Hooks that reply with the size of a message, and note how each connection ended.
Hooks sizing(Log<std::error_code>& ends) {
    Hooks hooks = noting_ends(ends);
    hooks.on_message = [](Peer&, std::string_view text) { return std::to_string(text.size()); };
    return hooks;
}

// The bytes of a message.

TEST_CASE_TEMPLATE_DEFINE("a message of exactly the limit is accepted, one byte more is not", Row,
                          message_limit) {
    for (const std::size_t limit : {10U, 1024U, 100'000U}) {
        CAPTURE(limit);
        Log<std::error_code> ends;
        RunningServer<Row> server({.max_message_bytes = limit}, sizing(ends));
        auto client = server.connect();
        CHECK(client.ask(std::string(limit, 'x')) == std::to_string(limit));
        CHECK(client.ask(std::string(limit, 'x') + '\r') == std::to_string(limit));
        client.send(std::string(limit + 1, 'x') + "\nnever answered\n");
        CHECK(client.read_to_end() ==
              "error: message longer than " + std::to_string(limit) + " bytes\n");
        client.close();
        CHECK(ends.wait_for(1) == Errors{errc::message_too_long});
    }
}
TEST_CASE_TEMPLATE_APPLY(message_limit, AllRows);

TEST_CASE_TEMPLATE_DEFINE("the usual limit on a message is 1 MiB", Row, usual_limit) {
    RunningServer<Row, CharCountHandler> server;
    auto client = server.connect();
    CHECK(client.ask(std::string(1'048'576, 'x')) == "1048576");
    client.send(std::string(1'048'577, 'x'));
    CHECK(client.read_to_end() == "error: message longer than 1048576 bytes\n");
}
TEST_CASE_TEMPLATE_APPLY(usual_limit, FewRows);

TEST_CASE_TEMPLATE_DEFINE("a length over the limit is refused before its bytes", Row,
                          announced_too_long) {
    RunningServer<Row, HookedHandler, LengthFraming> server({.max_message_bytes = 4});
    auto client = server.connect();
    client.send("\0\0\0\4Halo"s);
    CHECK(client.read(8) == "\0\0\0\4Halo"s);
    client.send("\0\0\0\5"s);
    CHECK(client.read_to_end() == "\0\0\0"s + "\x22" + "error: message longer than 4 bytes");
}
TEST_CASE_TEMPLATE_APPLY(announced_too_long, FewRows);

TEST_CASE_TEMPLATE_DEFINE("a stream has a limit where it is set", Row, stream_limit) {
    RunningServer<Row, CharCountHandler, UntilEofFraming> server({.max_message_bytes = 5});
    auto fits = server.connect();
    fits.send("12345");
    fits.finish_sending();
    CHECK(fits.read_to_end() == "5");
    auto too_long = server.connect();
    too_long.send("123456");
    CHECK(too_long.read_to_end() == "error: message longer than 5 bytes");
}
TEST_CASE_TEMPLATE_APPLY(stream_limit, FewRows);

// A sender that goes on while it reads.
template <class Client>
std::pair<std::string, std::error_code> flood_and_read(Client& client) {
    std::error_code ended_by;
    std::string line;
    const std::string bytes(64 * 1024, 'x');
    const auto until = Clock::now() + patience;
    while (!ended_by && Clock::now() < until) {
        ended_by = client.try_send(bytes, 100ms);
        if (line.empty() && client.available() > 0) line = client.read_line();
    }
    return {line, ended_by};
}

TEST_CASE_TEMPLATE_DEFINE("a sender that never stops gets the error line and is cut off", Row,
                          never_stops) {
    Log<std::error_code> ends;
    RunningServer<Row> server({.max_message_bytes = 1000, .linger_timeout = 100ms}, sizing(ends));
    auto client = server.connect();
    const auto begin = Clock::now();
    const auto [line, ended_by] = flood_and_read(client);
    CHECK(line == "error: message longer than 1000 bytes");
    CHECK(ended_by != std::error_code());
    CHECK(ended_by != asio::error::timed_out);
    CHECK(Clock::now() - begin >= 100ms);
    CHECK(Clock::now() - begin < patience);
    CHECK(ends.wait_for(1) == Errors{errc::message_too_long});
}
TEST_CASE_TEMPLATE_APPLY(never_stops, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a client that is slow to read still gets the error line", Row,
                          slow_to_read) {
    RunningServer<Row> server({.max_message_bytes = 1000, .linger_timeout = 60s});
    auto client = server.connect();
    client.send(std::string(500'000, 'x'));
    client.send_and_arrive("and so on");
    CHECK(client.read_to_end() == "error: message longer than 1000 bytes\n");
}
TEST_CASE_TEMPLATE_APPLY(slow_to_read, AllRows);

// Connections.

TEST_CASE_TEMPLATE_DEFINE("a connection over the limit is not served until there is room", Row,
                          max_connections) {
    RunningServer<Row> server({.max_connections = 2});
    auto first = server.connect();
    auto second = server.connect();
    auto third = server.connect();
    third.send_and_arrive("at last\n");
    for (int i = 0; i < 100; ++i) {
        CHECK(first.ask("Halo") == "Halo");
        CHECK(second.ask("Halo") == "Halo");
    }
    CHECK(third.available() == 0);
    CHECK(server->stats().connections_accepted == 2);
    first.close();
    CHECK(third.read_line() == "at last");
    CHECK(second.ask("Halo") == "Halo");
    CHECK(server->stats().connections_accepted == 3);
    CHECK(server->stats().connections_open == 2);
}
TEST_CASE_TEMPLATE_APPLY(max_connections, AllRows);

TEST_CASE_TEMPLATE_DEFINE("many clients share few places", Row, few_places) {
    RunningServer<Row> server({.max_connections = 3});
    std::atomic<int> answered = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&] {
            for (int turn = 0; turn < 10; ++turn) {
                auto client = server.connect();
                if (client.ask("Halo") == "Halo") ++answered;
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(answered == 60);
    CHECK(server->stats().connections_accepted == 60);
}
TEST_CASE_TEMPLATE_APPLY(few_places, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a connection has as many requests as it may, then the end", Row,
                          requests_per_connection) {
    Log<std::error_code> ends;
    RunningServer<Row> server({.requests_per_connection = 3}, sizing(ends));
    auto client = server.connect();
    SUBCASE("one by one") {
        CHECK(client.ask("1") == "1");
        CHECK(client.ask("22") == "2");
        client.send("333\n");
        CHECK(client.read_to_end() == "3\n");
    }
    SUBCASE("all at once, and more") {
        client.send("1\n22\n333\n4444\n55555\n");
        CHECK(client.read_to_end() == "1\n2\n3\n");
    }
    client.close();
    CHECK(ends.wait_for(1) == Errors{std::error_code()});
    CHECK(server.connect().ask("another") == "7");
    CHECK(eventually([&] { return server->stats().messages == 4; }));
}
TEST_CASE_TEMPLATE_APPLY(requests_per_connection, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a raw session may be closed after its first reply", Row,
                          one_raw_request) {
    RunningServer<Row, CharCountHandler, RawFraming> server({.requests_per_connection = 1});
    auto client = server.connect();
    client.send("Halo dunia");
    CHECK(client.read_to_end() == "10");
}
TEST_CASE_TEMPLATE_APPLY(one_raw_request, FewRows);

TEST_CASE_TEMPLATE_DEFINE("a server ends when it has served as many connections as it was to", Row,
                          connections_to_serve) {
    RunningServer<Row> server({.connections_to_serve = 2});
    const auto address = server->local_endpoint();
    auto first = server.connect();
    auto second = server.connect();
    CHECK(first.ask("Halo") == "Halo");
    CHECK(second.ask("Halo") == "Halo");
    typename RunningServer<Row>::Client third;
    CHECK(third.try_connect(address) != std::error_code());
    first.close();
    CHECK(second.ask("goes on") == "goes on");
    second.close();
    const StopReport report = server->wait();
    CHECK(report.cause == std::error_code());
    CHECK(report.drained + report.forced + report.failed == 0);
    CHECK(server->stats().connections_accepted == 2);
}
TEST_CASE_TEMPLATE_APPLY(connections_to_serve, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server that has served enough can still be stopped", Row,
                          stopped_after_serving) {
    RunningServer<Row> server({.connections_to_serve = 1});
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    server->stop(patience);
    CHECK(client.read_to_end() == "");
    client.close();
    CHECK(server->wait().drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(stopped_after_serving, AllRows);

// Pending output.

TEST_CASE_TEMPLATE_DEFINE("a client that does not read its replies is not read from", Row,
                          high_water_mark) {
    Log<std::error_code> ends;
    std::atomic<std::size_t> answered = 0;
    Hooks hooks = sizing(ends);
    hooks.on_message = [&](Peer&, std::string_view) {
        ++answered;
        return std::string(64 * 1024, 'x');
    };
    RunningServer<Row> server({.max_pending_output_bytes = 256 * 1024, .write_timeout = 200ms},
                              hooks);
    auto client = server.connect();
    client.send_and_arrive(repeated("ask\n", 2000));  // 128 MB of replies
    CHECK(ends.wait_for(1) == Errors{errc::write_timed_out});
    CHECK(answered >= 4);
    CHECK(answered < 500);  // the mark, and what the sockets hold
}
TEST_CASE_TEMPLATE_APPLY(high_water_mark, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a client that reads late gets every reply in order", Row, reads_late) {
    Hooks hooks;
    hooks.on_message = [](Peer&, std::string_view message) {
        return std::string(message) + std::string(16 * 1024, '.');
    };
    RunningServer<Row> server({.max_pending_output_bytes = 32 * 1024}, hooks);
    auto client = server.connect();
    constexpr int count = 500;
    std::string requests;
    for (int i = 0; i < count; ++i) requests += "request " + std::to_string(i) + "\n";
    client.send(requests);
    int in_order = 0;
    for (int i = 0; i < count; ++i)
        if (client.read_line().starts_with("request " + std::to_string(i) + ".")) ++in_order;
    CHECK(in_order == count);
}
TEST_CASE_TEMPLATE_APPLY(reads_late, AllRows);

}  // namespace
