// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: who may stop it and when, what that cuts off, and what it reports.

#include <doctest/doctest.h>

#include <algorithm>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <string_view>
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

using charcount::errc;
using charcount::Peer;
using charcount::ServerOptions;
using charcount::StopReport;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::FewRows;
using charcount::test::Gate;
using charcount::test::Hooks;
using charcount::test::Log;
using charcount::test::noting_ends;
using charcount::test::patience;
using charcount::test::repeated;
using charcount::test::RunningServer;
using charcount::test::TestServer;
using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;
using Errors = std::vector<std::error_code>;

template <class Row>
bool refuses(const typename RunningServer<Row>::Endpoint& address) {
    return typename RunningServer<Row>::Client().try_connect(address) != std::error_code();
}

// Quiet connections.

TEST_CASE_TEMPLATE_DEFINE("quiet clients get the end at once", Row, quiet_clients) {
    Log<std::error_code> ends;
    RunningServer<Row> server({.linger_timeout = 60s}, noting_ends(ends));
    auto clients = server.connect_many(5);
    for (auto& client : clients) CHECK(client->ask("Halo") == "Halo");
    const auto begin = Clock::now();
    server->stop(60s);
    for (auto& client : clients) {
        CHECK(client->read_to_end() == "");
        client->close();
    }
    const StopReport report = server->wait();
    CHECK(Clock::now() - begin < patience);
    CHECK(report.drained == 5);
    CHECK(report.forced == 0);
    CHECK(report.failed == 0);
    CHECK(report.unsent_bytes == 0);
    CHECK(report.cause == std::error_code());
    CHECK(ends.entries() == Errors(5, std::error_code()));
}
TEST_CASE_TEMPLATE_APPLY(quiet_clients, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a stopped server takes no further client", Row, no_further_client) {
    RunningServer<Row> server;
    const auto address = server->local_endpoint();
    server.stop();
    CHECK(refuses<Row>(address));
}
TEST_CASE_TEMPLATE_APPLY(no_further_client, AllRows);

TEST_CASE_TEMPLATE_DEFINE("the drain timeout is what stop without a deadline allows", Row,
                          drain_timeout) {
    RunningServer<Row> server({.linger_timeout = 60s, .drain_timeout = 50ms});
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    server->stop();
    CHECK(client.read_to_end() == "");
    const StopReport report = server->wait();  // the client does not close: it lingers
    CHECK(report.drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(drain_timeout, FewRows);

TEST_CASE_TEMPLATE_DEFINE("an incomplete request is not answered, and on_close is told", Row,
                          incomplete_request) {
    Log<std::error_code> ends;
    RunningServer<Row> server({}, noting_ends(ends));
    auto client = server.connect();
    client.send_and_arrive("whole\nincompl");
    CHECK(client.read_line() == "whole");
    server->stop(patience);
    CHECK(client.read_to_end() == "");
    client.close();
    CHECK(server->wait().drained == 1);
    CHECK(ends.entries() == Errors{errc::server_stopped});
}
TEST_CASE_TEMPLATE_APPLY(incomplete_request, AllRows);

// Who stops it, and how often.

TEST_CASE_TEMPLATE_DEFINE("a handler may stop the server, and its reply still goes out", Row,
                          stop_from_handler) {
    TestServer<Row>* running = nullptr;
    Hooks hooks;
    hooks.on_message = [&](Peer&, std::string_view message) {
        if (message == "stop") (*running)->stop(patience);
        return std::string(message);
    };
    RunningServer<Row> server({}, hooks);
    running = &server;
    auto other = server.connect();
    CHECK(other.ask("Halo") == "Halo");
    auto client = server.connect();
    client.send("before\nstop\nafter\n");
    CHECK(client.read_to_end() == "before\nstop\nafter\n");
    CHECK(other.read_to_end() == "");
    client.close();
    other.close();
    CHECK(server->wait().drained == 2);
}
TEST_CASE_TEMPLATE_APPLY(stop_from_handler, AllRows);

TEST_CASE_TEMPLATE_DEFINE("on_open and on_close may stop the server", Row, stop_from_hooks) {
    TestServer<Row>* running = nullptr;
    Log<std::error_code> ends;
    Hooks hooks = noting_ends(ends);
    SUBCASE("on_open") {
        hooks.on_open = [&](Peer& peer) {
            peer.send("bye");
            (*running)->stop(patience);
        };
    }
    SUBCASE("on_close") {
        hooks.on_open = [&](Peer& peer) {
            peer.send("bye");
            peer.close();
        };
        hooks.on_close = [&](Peer&, std::error_code error) {
            ends.add(error);
            (*running)->stop(patience);
        };
    }
    TestServer<Row> server({}, hooks);
    running = &server;
    server->start();
    auto client = server.connect();
    CHECK(client.read_to_end() == "bye\n");
    client.close();
    server->wait();
    CHECK(ends.entries() == Errors{std::error_code()});
}
TEST_CASE_TEMPLATE_APPLY(stop_from_hooks, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a handler may stop the server without patience", Row,
                          stop_now_from_handler) {
    TestServer<Row>* running = nullptr;
    Gate gate;
    Log<std::string> calls;
    Hooks hooks;
    hooks.on_open = [&](Peer&) { calls.add("open"); };
    hooks.on_message = [&](Peer&, std::string_view message) {
        gate.pass();
        (*running)->stop(0ms);
        return std::string(message);
    };
    hooks.on_close = [&](Peer&, std::error_code) { calls.add("close"); };
    RunningServer<Row> server({}, hooks);
    running = &server;
    auto client = server.connect();
    client.send("stop\n");
    gate.wait_for_arrivals();
    auto waiting = server.connect_many(5);  // the kernel has accepted them
    for (auto& other : waiting) other->send_and_arrive("Halo\n");
    gate.open();
    server->wait();
    const auto entries = calls.entries();
    CHECK(std::count(entries.begin(), entries.end(), "open") ==
          std::count(entries.begin(), entries.end(), "close"));
}
TEST_CASE_TEMPLATE_APPLY(stop_now_from_handler, AllRows);

TEST_CASE_TEMPLATE_DEFINE("many threads may stop a server at once", Row, many_stop) {
    RunningServer<Row> server;
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { server->stop(patience); });
    CHECK(client.read_to_end() == "");
    client.close();
    CHECK(server->wait().drained == 1);
    for (std::thread& thread : threads) thread.join();
    server->stop();
    CHECK(server->wait().drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(many_stop, AllRows);

// A deadline that passes.

// A client with more replies to come than fit into the sockets.
template <class Row>
class Clogged {
public:
    explicit Clogged(Hooks hooks = {}) : server_(options(), with_reply(std::move(hooks))) {
        client_.connect(server_->local_endpoint());
        client_.send_and_arrive(repeated("ask\n", 1000));
        if (!eventually([&] { return server_->stats().messages > 0; }))
            throw std::runtime_error("the server does not answer");
    }

    auto& server() { return server_; }
    auto& client() { return client_; }

private:
    static ServerOptions options() { return {.max_pending_output_bytes = 64 * 1024}; }

    static Hooks with_reply(Hooks hooks) {
        hooks.on_message = [](Peer&, std::string_view) { return std::string(16 * 1024, 'x'); };
        return hooks;
    }

    RunningServer<Row> server_;
    typename RunningServer<Row>::Client client_;
};

TEST_CASE_TEMPLATE_DEFINE("a client that does not read is cut off at the deadline", Row,
                          cut_off_at_deadline) {
    Log<std::error_code> ends;
    Clogged<Row> clogged(noting_ends(ends));
    auto bystander = clogged.server().connect();
    SUBCASE("of the only stop") {
        clogged.server()->stop(100ms);
    }
    SUBCASE("of a second stop, which is nearer") {
        clogged.server()->stop(60s);
        clogged.server()->stop(100ms);
    }
    SUBCASE("of the first stop, when the second allows more") {
        clogged.server()->stop(100ms);
        clogged.server()->stop(60s);
    }
    CHECK(bystander.read_to_end() == "");
    bystander.close();
    const StopReport report = clogged.server()->wait();
    CHECK(report.drained == 1);
    CHECK(report.forced == 1);
    CHECK(report.failed == 0);
    CHECK(report.unsent_bytes > 0);
    const auto entries = ends.entries();
    CHECK(std::count(entries.begin(), entries.end(), errc::drain_timed_out) == 1);
}
TEST_CASE_TEMPLATE_APPLY(cut_off_at_deadline, AllRows);

TEST_CASE_TEMPLATE_DEFINE("without patience a stop cuts off at once", Row, stop_now) {
    Clogged<Row> clogged;
    const auto begin = Clock::now();
    const StopReport report = clogged.server().stop(0ms);
    CHECK(Clock::now() - begin < patience);
    CHECK(report.drained == 0);
    CHECK(report.forced == 1);
    CHECK(report.unsent_bytes > 0);
}
TEST_CASE_TEMPLATE_APPLY(stop_now, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a client that fails while the server stops is counted as failed", Row,
                          fails_while_stopping) {
    Clogged<Row> clogged;
    auto bystander = clogged.server().connect();
    clogged.server()->stop(60s);
    CHECK(bystander.read_to_end() == "");  // so the stop has begun
    bystander.close();
    clogged.client().reset();
    const StopReport report = clogged.server()->wait();
    CHECK(report.drained == 1);
    CHECK(report.forced == 0);
    CHECK(report.failed == 1);
    CHECK(report.unsent_bytes > 0);
}
TEST_CASE_TEMPLATE_APPLY(fails_while_stopping, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a client that reads late enough still gets everything", Row,
                          reads_late) {
    Clogged<Row> clogged;
    clogged.server()->stop(60s);
    CHECK(clogged.client().read_to_end().size() == 1000 * (16 * 1024 + 1));
    clogged.client().close();
    CHECK(clogged.server()->wait().drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(reads_late, AllRows);

// Signals.

TEST_CASE_TEMPLATE_DEFINE("a signal stops the server when it was asked to", Row, signal_stops) {
    RunningServer<Row> server({.stop_on_signals = true});
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    SUBCASE("SIGTERM") {
        std::raise(SIGTERM);
    }
    SUBCASE("SIGINT") {
        std::raise(SIGINT);
    }
    CHECK(client.read_to_end() == "");
    client.close();
    CHECK(server->wait().drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(signal_stops, FewRows);

}  // namespace
