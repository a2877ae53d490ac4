// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of connections that have just been asked: where a thread waits in its read, what comes from
// elsewhere is seen soon all the same.

#include <doctest/doctest.h>

#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <string>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <support/timing.hpp>
#include <system_error>
#include <tuple>
#include <vector>

namespace {

using charcount::errc;
using charcount::test::check_takes;
using charcount::test::LocalBlocking;
using charcount::test::Log;
using charcount::test::noting_ends;
using charcount::test::RunningServer;
using charcount::test::TcpBlocking;
using charcount::test::TcpOneLoop;
using namespace std::chrono_literals;

using Errors = std::vector<std::error_code>;
using Rows = std::tuple<TcpOneLoop, TcpBlocking, LocalBlocking>;

// Asks a few times, one question behind the other.
template <class Client>
void keep_busy(Client& client) {
    for (int i = 0; i < 5; ++i) REQUIRE(client.ask("Halo") == "Halo");
}

TEST_CASE_TEMPLATE_DEFINE("a busy connection that asks no more gets what is pushed", Row, pushes) {
    RunningServer<Row> server;
    for (int i = 0; i < 20; ++i) {
        auto client = server.connect();
        keep_busy(client);
        check_takes(0ms, [&] {
            CHECK(server->broadcast("news") >= 1);
            CHECK(client.read_line() == "news");
        });
        CHECK(server->broadcast("more") >= 1);
        CHECK(client.read_line() == "more");
        keep_busy(client);
    }
}
TEST_CASE_TEMPLATE_APPLY(pushes, Rows);

TEST_CASE_TEMPLATE_DEFINE("a busy connection is stopped at once, and is no forced one", Row,
                          stops) {
    RunningServer<Row> server;
    auto client = server.connect();
    keep_busy(client);
    check_takes(0ms, [&] {
        const auto report = server.stop();
        CHECK(report.drained == 1);
        CHECK(report.forced == 0);
    });
    CHECK(client.read_to_end().empty());
}
TEST_CASE_TEMPLATE_APPLY(stops, Rows);

TEST_CASE_TEMPLATE_DEFINE("a busy connection that falls silent has its idle time", Row, idle) {
    Log<std::error_code> ends;
    RunningServer<Row> server({.idle_timeout = 100ms}, noting_ends(ends));
    auto client = server.connect();
    keep_busy(client);
    check_takes(90ms, [&] { CHECK(client.read_to_end().empty()); });
    client.close();
    CHECK(ends.wait_for(1) == Errors{errc::idle_timed_out});
}
TEST_CASE_TEMPLATE_APPLY(idle, Rows);

// More than a read's buffer at once, on a connection that waits in its read.
TEST_CASE_TEMPLATE_DEFINE("a busy connection answers all that comes at once", Row, much) {
    RunningServer<Row> server;
    auto client = server.connect();
    keep_busy(client);
    const std::string line(1000, 'x');
    std::string lines;
    for (int i = 0; i < 200; ++i) lines += line + '\n';
    client.send(lines);
    CHECK(client.read(lines.size()) == lines);
    keep_busy(client);
    client.finish_sending();
    CHECK(client.read_to_end().empty());
}
TEST_CASE_TEMPLATE_APPLY(much, Rows);

}  // namespace
