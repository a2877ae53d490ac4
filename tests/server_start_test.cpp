// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: how it starts, where it listens, and what keeps it from starting.

#include <doctest/doctest.h>

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <charcount/detail/platform.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <support/events.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using charcount::errc;
using charcount::ServerOptions;
using charcount::StopReport;
using charcount::test::AllRows;
using charcount::test::is_tcp;
using charcount::test::patience;
using charcount::test::RunningServer;
using charcount::test::TcpRows;
using charcount::test::TestClient;
using charcount::test::TestServer;
using namespace std::chrono_literals;

using TcpClient = TestClient<asio::ip::tcp>;

// Options that make a second server listen where this one does.
template <class Server>
ServerOptions same_address(const Server& server) {
    ServerOptions options;
    if constexpr (requires { server.local_endpoint().port(); }) {
        options.port = server.local_endpoint().port();
    } else {
        options.path = server.local_endpoint().path();
    }
    return options;
}

// What `start` says, in the overload that throws.
template <class Server>
std::optional<std::system_error> thrown_by(Server&& start) {
    try {
        start();
    } catch (const std::system_error& error) {
        return error;
    }
    return std::nullopt;
}

TEST_CASE_TEMPLATE_DEFINE("a server listens when start returns", Row, listens_after_start) {
    TestServer<Row> server;
    server->start();
    CHECK(server.connect().ask("Halo") == "Halo");
}
TEST_CASE_TEMPLATE_APPLY(listens_after_start, AllRows);

TEST_CASE_TEMPLATE_DEFINE("port 0 becomes a port that is free", Row, port_zero) {
    RunningServer<Row> first;
    RunningServer<Row> second;
    CHECK(first->local_endpoint().port() != 0);
    CHECK(second->local_endpoint().port() != 0);
    CHECK(first->local_endpoint() != second->local_endpoint());
}
TEST_CASE_TEMPLATE_APPLY(port_zero, TcpRows);

TEST_CASE_TEMPLATE_DEFINE("an address in use is refused, and its owner goes on", Row,
                          address_in_use) {
    RunningServer<Row> owner;
    const ServerOptions options = same_address(*owner);
    const std::string address =
        is_tcp<Row> ? "127.0.0.1:" + std::to_string(options.port) : options.path;
    std::error_code error;
    TestServer<Row> second(options);
    SUBCASE("start with an error code") {
        second->start(error);
    }
    SUBCASE("run with an error code") {
        second->run(error);
    }
    SUBCASE("start that throws") {
        const auto thrown = thrown_by([&] { second->start(); });
        REQUIRE(thrown);
        error = thrown->code();
        CHECK(std::string(thrown->what()) == "listen on " + address + ": " + error.message());
    }
    SUBCASE("run that throws") {
        const auto thrown = thrown_by([&] { second->run(); });
        REQUIRE(thrown);
        error = thrown->code();
        CHECK(std::string(thrown->what()) == "listen on " + address + ": " + error.message());
    }
    CHECK(error == asio::error::address_in_use);
    CHECK(owner.connect().ask("still here") == "still here");
}
TEST_CASE_TEMPLATE_APPLY(address_in_use, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a start that failed can be tried again", Row, start_again) {
    RunningServer<Row> owner;
    TestServer<Row> second(same_address(*owner));
    std::error_code error;
    second->start(error);
    REQUIRE(error == asio::error::address_in_use);
    owner.stop();
    second->start(error);
    CHECK(error == std::error_code());
    CHECK(second.connect().ask("at last") == "at last");
}
TEST_CASE_TEMPLATE_APPLY(start_again, AllRows);

TEST_CASE_TEMPLATE_DEFINE("an address that this machine has not is refused", Row, foreign_address) {
    TestServer<Row> server({.host = "192.0.2.1"});
    std::error_code error;
    server->start(error);
    CHECK(error.value() == charcount::detail::address_not_available);
    const auto thrown = thrown_by([&] { server->start(); });
    REQUIRE(thrown);
    CHECK(std::string(thrown->what()) == "listen on 192.0.2.1:0: " + error.message());
}
TEST_CASE_TEMPLATE_APPLY(foreign_address, TcpRows);

TEST_CASE_TEMPLATE_DEFINE("localhost is the loopback of IPv4", Row, localhost) {
    TestServer<Row> server({.host = "localhost"});
    server->start();
    CHECK(server->local_endpoint().address().to_string() == "127.0.0.1");
    CHECK(server.connect().ask("Halo") == "Halo");
}
TEST_CASE_TEMPLATE_APPLY(localhost, TcpRows);

TEST_CASE_TEMPLATE_DEFINE("a server listens on an IPv6 address", Row, ipv6) {
    TestServer<Row> server({.host = "::1"});
    std::error_code error;
    server->start(error);
    if (error.value() == charcount::detail::address_not_available ||
        error == asio::error::address_family_not_supported) {
        MESSAGE("this machine has no IPv6");
        return;
    }
    REQUIRE(error == std::error_code());
    CHECK(server->local_endpoint().address().is_v6());
    CHECK(server.connect().ask("Halo") == "Halo");
    TestServer<Row> second({.host = "::1", .port = server->local_endpoint().port()});
    const auto thrown = thrown_by([&] { second->start(); });
    REQUIRE(thrown);
    CHECK(std::string(thrown->what()).find("listen on [::1]:") == 0);
}
TEST_CASE_TEMPLATE_APPLY(ipv6, TcpRows);

struct Mistake {
    std::string said;
    std::function<void(ServerOptions&)> make;
};

std::vector<Mistake> mistakes() {
    using Options = ServerOptions;
    const std::string negative = "a duration must not be negative";
    return {
        {"backlog must be at least 1", [](Options& options) { options.backlog = 0; }},
        {"backlog must be at least 1", [](Options& options) { options.backlog = -1; }},
        {"max_connections must be at least 1",
         [](Options& options) { options.max_connections = 0; }},
        {"max_message_bytes must be at least 1",
         [](Options& options) { options.max_message_bytes = 0; }},
        {"max_pending_output_bytes must be at least 1",
         [](Options& options) { options.max_pending_output_bytes = 0; }},
        {negative, [](Options& options) { options.accept_timeout = -1ms; }},
        {negative, [](Options& options) { options.message_timeout = -1ms; }},
        {negative, [](Options& options) { options.write_timeout = -1ms; }},
        {negative, [](Options& options) { options.idle_timeout = -1ms; }},
        {negative, [](Options& options) { options.linger_timeout = -1ms; }},
        {negative, [](Options& options) { options.drain_timeout = -1ms; }},
        {negative, [](Options& options) { options.accept_retry_delay = -1ms; }},
    };
}

TEST_CASE_TEMPLATE_DEFINE("an option outside its range is refused and named", Row,
                          options_out_of_range) {
    for (const Mistake& mistake : mistakes()) {
        CAPTURE(mistake.said);
        ServerOptions options;
        mistake.make(options);
        TestServer<Row> server(options);
        std::error_code error;
        server->start(error);
        CHECK(error == errc::invalid_option);
        const auto thrown = thrown_by([&] { server->run(); });
        REQUIRE(thrown);
        CHECK(thrown->code() == errc::invalid_option);
        CHECK(std::string(thrown->what()).find(mistake.said + ":") == 0);
    }
}
TEST_CASE_TEMPLATE_APPLY(options_out_of_range, AllRows);

TEST_CASE("a server without threads is refused") {
    charcount::Server<> server{{.threads = 0}};
    std::error_code error;
    server.start(error);
    CHECK(error == errc::invalid_option);
}

TEST_CASE_TEMPLATE_DEFINE("a server is started once", Row, started_once) {
    RunningServer<Row> server;
    std::error_code error;
    server->start(error);
    CHECK(error == errc::already_started);
    CHECK(server.connect().ask("goes on") == "goes on");
    server.stop();
    server->start(error);
    CHECK(error == errc::already_started);
}
TEST_CASE_TEMPLATE_APPLY(started_once, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server that was never started needs no end", Row, never_started) {
    TestServer<Row> server;
    CHECK(server->wait().cause == std::error_code());
    CHECK(server->stats().connections_accepted == 0);
    CHECK(server->broadcast("nobody hears") == 0);
}
TEST_CASE_TEMPLATE_APPLY(never_started, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server stopped before it starts ends at once", Row, stopped_before) {
    TestServer<Row> server;
    SUBCASE("in good order") {
        server->stop();
    }
    SUBCASE("without patience") {
        server->stop(0ms);
    }
    SUBCASE("twice") {
        server->stop(10s);
        server->stop();
    }
    server->start();
    const auto address = server->local_endpoint();
    const StopReport report = server->wait();
    CHECK(report.cause == std::error_code());
    CHECK(report.drained + report.forced + report.failed == 0);
    CHECK(typename TestServer<Row>::Client().try_connect(address) != std::error_code());
}
TEST_CASE_TEMPLATE_APPLY(stopped_before, AllRows);

TEST_CASE("a server on a loop that was stopped before it starts does not listen for ever") {
    asio::io_context loop;
    charcount::Server<> server{loop, {.port = 0}};
    server.stop();
    loop.run();
    loop.restart();
    server.start();
    const auto address = server.local_endpoint();
    loop.run_for(patience);
    CHECK(loop.stopped());
    CHECK(TcpClient().try_connect(address) == asio::error::connection_refused);
}

TEST_CASE("without any type a server counts characters on one thread") {
    charcount::Server server{{.port = 0}};
    server.start();
    CHECK(TcpClient(server.local_endpoint()).ask("Grüße") == "5");
}

TEST_CASE("a server of the user's loop takes the loop or its executor") {
    asio::io_context loop;
    charcount::Server<> first{loop};
    charcount::Server<> second{loop.get_executor()};
    first.start();
    second.start();
    std::thread thread([&] { loop.run(); });
    CHECK(TcpClient(first.local_endpoint()).ask("one") == "3");
    CHECK(TcpClient(second.local_endpoint()).ask("three") == "5");
    first.stop();
    second.stop();
    thread.join();
}

}  // namespace
