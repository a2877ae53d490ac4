// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: its accept loop gives up only when it was told to, never dies, never spins.

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <cerrno>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/server_sockets.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <vector>

namespace {

using charcount::errc;
using charcount::test::AllRows;
using charcount::test::DescriptorLimit;
using charcount::test::eventually;
using charcount::test::FewRows;
using charcount::test::is_async;
using charcount::test::Log;
using charcount::test::noting_ends;
using charcount::test::patience;
using charcount::test::RunningServer;
using charcount::test::TestServer;
using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;
using Errors = std::vector<std::error_code>;

// Giving up.

TEST_CASE_TEMPLATE_DEFINE("a server gives up when nobody comes", Row, nobody_comes) {
    TestServer<Row> server({.accept_timeout = 100ms});
    const auto begin = Clock::now();
    std::error_code error;
    SUBCASE("run with an error code") {
        server->run(error);
    }
    SUBCASE("run that throws") {
        try {
            server->run();
        } catch (const std::system_error& thrown) {
            error = thrown.code();
            CHECK(std::string(thrown.what()).find("accept on ") == 0);
        }
    }
    SUBCASE("wait") {
        server->start();
        error = server->wait().cause;
    }
    CHECK(error == errc::accept_timed_out);
    CHECK(Clock::now() - begin >= 90ms);
    typename TestServer<Row>::Client late;
    CHECK(late.try_connect(server->local_endpoint()) != std::error_code());
}
TEST_CASE_TEMPLATE_APPLY(nobody_comes, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server does not give up while a connection is open", Row,
                          somebody_is_there) {
    Log<std::error_code> ends;
    RunningServer<Row> server({.accept_timeout = 100ms, .idle_timeout = 400ms}, noting_ends(ends));
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    const auto begin = Clock::now();
    CHECK(client.read_to_end() == "");
    client.close();
    CHECK(Clock::now() - begin >= 300ms);
    CHECK(server->wait().cause == errc::accept_timed_out);
    CHECK(ends.entries() == Errors{errc::idle_timed_out});
}
TEST_CASE_TEMPLATE_APPLY(somebody_is_there, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a stop before the server gives up is no failure", Row, stopped_in_time) {
    RunningServer<Row> server({.accept_timeout = 60s});
    CHECK(server.stop().cause == std::error_code());
}
TEST_CASE_TEMPLATE_APPLY(stopped_in_time, FewRows);

// Never dying.

TEST_CASE_TEMPLATE_DEFINE("a reset peer does not stop the accept loop", Row, reset_peers) {
    RunningServer<Row> server;
    for (int i = 0; i < 50; ++i) {
        auto client = server.connect();
        if (i % 2 == 0) client.send("Halo\n");
        client.reset();
    }
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    CHECK(eventually([&] { return server->stats().connections_open == 1; }));
}
TEST_CASE_TEMPLATE_APPLY(reset_peers, AllRows);

TEST_CASE_TEMPLATE_DEFINE("peers that reset while they wait do not stop the accept loop", Row,
                          reset_in_backlog) {
    RunningServer<Row> server({.max_connections = 1});
    auto first = server.connect();
    CHECK(first.ask("Halo") == "Halo");
    for (int i = 0; i < 20; ++i) server.connect().reset();
    auto last = server.connect();
    first.close();
    CHECK(last.ask("Halo") == "Halo");
}
TEST_CASE_TEMPLATE_APPLY(reset_in_backlog, AllRows);

std::chrono::microseconds processor_time() {
    ::rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto total = [](const ::timeval& time) {
        return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
    };
    return total(usage.ru_utime) + total(usage.ru_stime);
}

TEST_CASE_TEMPLATE_DEFINE("without descriptors a server neither spins nor dies", Row,
                          no_descriptors) {
    Log<std::error_code> failures;
    RunningServer<Row> server(
        {.accept_retry_delay = 50ms,
         .on_accept_error = [&](std::error_code error) { failures.add(error); }});
    auto before = server.connect();
    CHECK(before.ask("Halo") == "Halo");
    typename RunningServer<Row>::Client client;
    typename RunningServer<Row>::Client other;
    client.socket().open(server->local_endpoint().protocol());
    other.socket().open(server->local_endpoint().protocol());
    {
        const DescriptorLimit limit(0);
        client.connect(server->local_endpoint());
        other.connect(server->local_endpoint());
        client.send_and_arrive("Halo\n");
        REQUIRE(failures.wait_for(1).size() >= 1);
        const auto failed_before = server->stats().accept_failures;
        const auto time_before = processor_time();
        CHECK_FALSE(client.receives_within(500ms));
        CHECK(processor_time() - time_before < 250ms);
        CHECK(server->stats().accept_failures - failed_before <= 11);
        CHECK(server->stats().accept_failures > failed_before);
        CHECK(before.ask("still here") == "still here");
    }
    CHECK(client.read_line() == "Halo");
    CHECK(other.ask("Halo") == "Halo");
    CHECK(failures.entries().front().value() == EMFILE);
    CHECK(server.connect().ask("Halo") == "Halo");
}
TEST_CASE_TEMPLATE_APPLY(no_descriptors, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server without descriptors can be stopped", Row,
                          stopped_without_descriptors) {
    Log<std::error_code> failures;
    RunningServer<Row> server(
        {.linger_timeout = 60s,
         .accept_retry_delay = 1ms,
         .on_accept_error = [&](std::error_code error) { failures.add(error); }});
    auto before = server.connect();
    CHECK(before.ask("Halo") == "Halo");
    typename RunningServer<Row>::Client client;
    client.socket().open(server->local_endpoint().protocol());
    const DescriptorLimit limit(0);
    client.connect(server->local_endpoint());
    client.send_and_arrive("Halo\n");
    REQUIRE(failures.wait_for(1).size() >= 1);
    server->stop(patience);
    CHECK(before.read_to_end() == "");
    // A blocking server goes on trying; an async one tries when a session has ended.
    const std::size_t failed = failures.entries().size();
    if (!is_async<Row>) CHECK(failures.wait_for(failed + 2).size() >= failed + 2);
    before.close();
    // The descriptors that this leaves serve the one that waits.
    CHECK(client.read_to_end() == "Halo\n");
    client.close();
    CHECK(server->wait().drained == 2);
}
TEST_CASE_TEMPLATE_APPLY(stopped_without_descriptors, AllRows);

TEST_CASE_TEMPLATE_DEFINE("who is told of a failure to accept may stop the server", Row,
                          stopped_when_told) {
    RunningServer<Row>* running = nullptr;
    RunningServer<Row> server(
        {.on_accept_error = [&](std::error_code) { (*running)->stop(patience); }});
    running = &server;
    auto before = server.connect();
    CHECK(before.ask("Halo") == "Halo");
    typename RunningServer<Row>::Client client;
    client.socket().open(server->local_endpoint().protocol());
    const DescriptorLimit limit(0);
    client.connect(server->local_endpoint());
    CHECK(before.read_to_end() == "");
    before.close();
    CHECK(client.read_to_end() == "");
    client.close();
    CHECK(server->wait().forced == 0);
}
TEST_CASE_TEMPLATE_APPLY(stopped_when_told, AllRows);

}  // namespace
