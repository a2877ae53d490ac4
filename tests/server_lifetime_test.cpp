// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: destroyed in every state, outlived by peers, and awaited.

#include <doctest/doctest.h>

#include <algorithm>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <atomic>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using charcount::errc;
using charcount::Peer;
using charcount::ServerOptions;
using charcount::StopReport;
using charcount::test::AllRows;
using charcount::test::AsyncRows;
using charcount::test::eventually;
using charcount::test::Hooks;
using charcount::test::LocalUsersLoop;
using charcount::test::Log;
using charcount::test::patience;
using charcount::test::RunningServer;
using charcount::test::TcpUsersLoop;
using charcount::test::TestServer;
using namespace std::chrono_literals;

using UsersLoopRows = std::tuple<TcpUsersLoop, LocalUsersLoop>;

// Hooks that note the connections that open and end.
Hooks noting(Log<std::string>& calls) {
    return {.on_open = [&](Peer&) { calls.add("open"); },
            .on_close = [&](Peer&, std::error_code) { calls.add("close"); }};
}

template <class Client>
bool has_ended(Client& client) {
    const std::string rest = client.read_to_end();
    return rest.find(charcount::test::stream_silent) == std::string::npos;
}

// Connections in every state that a session can be in.
template <class Row>
class Zoo {
public:
    explicit Zoo(Hooks hooks) : server(options(), with_reply(std::move(hooks))) {
        clients = server.connect_many(6);
        CHECK(clients[0]->ask("quiet") == "quiet");
        clients[1]->send("in the midd");
        clients[2]->send("half\n");
        clients[2]->finish_sending();
        clients[3]->send("over the limit on the bytes of a message\n");
        CHECK(clients[3]->read_line() == "error: message longer than 20 bytes");  // it lingers
        for (int i = 0; i < 100; ++i) clients[4]->send("large\n");  // their replies don't fit
        for (auto& waiting : server.connect_many(3)) clients.push_back(std::move(waiting));
        clients.back()->send("in the backlog\n");
        CHECK(eventually([&] { return server->stats().messages > 2; }));
    }

    RunningServer<Row> server;
    std::vector<std::unique_ptr<typename RunningServer<Row>::Client>> clients;

private:
    static ServerOptions options() {
        return {.max_connections = 6,
                .max_message_bytes = 20,
                .max_pending_output_bytes = 64 * 1024,
                .linger_timeout = 60s};
    }

    static Hooks with_reply(Hooks hooks) {
        hooks.on_message = [](Peer&, std::string_view message) {
            return message == "large" ? std::string(256 * 1024, 'x') : std::string(message);
        };
        return hooks;
    }
};

TEST_CASE_TEMPLATE_DEFINE("a server is destroyed with connections in every state", Row, destroyed) {
    Log<std::string> calls;
    {
        Zoo<Row> zoo(noting(calls));
        zoo.server.destroy();
        for (auto& client : zoo.clients) CHECK(has_ended(*client));
    }
    const auto entries = calls.entries();
    CHECK(std::count(entries.begin(), entries.end(), "open") >= 5);
    CHECK(std::count(entries.begin(), entries.end(), "open") ==
          std::count(entries.begin(), entries.end(), "close"));
}
TEST_CASE_TEMPLATE_APPLY(destroyed, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server is destroyed while it stops", Row, destroyed_while_stopping) {
    Log<std::string> calls;
    Zoo<Row> zoo(noting(calls));
    zoo.server->stop(60s);
    zoo.server.destroy();
    for (auto& client : zoo.clients) CHECK(has_ended(*client));
}
TEST_CASE_TEMPLATE_APPLY(destroyed_while_stopping, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server is destroyed after its loop, which runs no more", Row,
                          loop_runs_no_more) {
    Log<std::string> calls;
    std::optional<Zoo<Row>> zoo(noting(calls));
    auto clients = std::move(zoo->clients);
    zoo->server.loop().abandon();
    SUBCASE("the server, then the loop") {
        zoo->server.destroy();
    }
    SUBCASE("stopped by then") {
        zoo->server->stop();
        zoo->server.destroy();
    }
    zoo.reset();  // and the loop
    for (auto& client : clients) CHECK(has_ended(*client));
}
TEST_CASE_TEMPLATE_APPLY(loop_runs_no_more, UsersLoopRows);

TEST_CASE_TEMPLATE_DEFINE("on the user's loop a handler may destroy the server", Row,
                          destroyed_by_handler) {
    TestServer<Row>* running = nullptr;
    Hooks hooks;
    hooks.on_message = [&](Peer&, std::string_view message) {
        if (message == "destroy") running->destroy();
        return std::string(message);
    };
    RunningServer<Row> server({}, hooks);
    running = &server;
    auto bystander = server.connect();
    auto client = server.connect();
    CHECK(bystander.ask("Halo") == "Halo");
    client.send("destroy\n");
    CHECK(has_ended(client));
    CHECK(has_ended(bystander));
    server.loop().finish();
}
TEST_CASE_TEMPLATE_APPLY(destroyed_by_handler, UsersLoopRows);

TEST_CASE("a server on a loop that was never run needs no run to end") {
    charcount::test::TestClient<asio::ip::tcp> client;
    {
        asio::io_context loop;
        charcount::Server<> server{loop, {}};
        server.start();
        client.connect(server.local_endpoint());
        client.send("Halo\n");
    }
    CHECK(has_ended(client));
}

// Peers that outlive what they refer to.

TEST_CASE_TEMPLATE_DEFINE("a peer outlives its server", Row, peer_outlives) {
    Log<Peer> peers;
    Hooks hooks;
    hooks.on_open = [&](Peer& peer) { peers.add(peer); };
    {
        RunningServer<Row> server({}, hooks);
        auto client = server.connect();
        REQUIRE(peers.wait_for(1).size() == 1);
        CHECK(peers.entries().front().is_open());
    }
    const Peer peer = peers.entries().front();
    CHECK_FALSE(peer.is_open());
    CHECK(peer.send("too late") == errc::connection_closed);
    CHECK(peer.address() == "closed");
    peer.close();
}
TEST_CASE_TEMPLATE_APPLY(peer_outlives, AllRows);

TEST_CASE_TEMPLATE_DEFINE("peers may be used while their server is destroyed", Row, peers_in_use) {
    for (int round = 0; round < 5; ++round) {
        Log<Peer> peers;
        Hooks hooks;
        hooks.on_open = [&](Peer& peer) { peers.add(peer); };
        std::vector<std::thread> threads;
        std::atomic<int> sent = 0;
        {
            RunningServer<Row> server({.push_policy = charcount::PushPolicy::block}, hooks);
            const auto clients = server.connect_many(3);
            for (const Peer& peer : peers.wait_for(3))
                threads.emplace_back([&sent, peer] {
                    while (peer.send("again and again") != errc::connection_closed) ++sent;
                });
            CHECK(eventually([&] { return sent > 100; }));
        }
        for (std::thread& thread : threads) thread.join();
    }
}
TEST_CASE_TEMPLATE_APPLY(peers_in_use, AllRows);

// Waiting for the end without blocking.

TEST_CASE_TEMPLATE_DEFINE("async_wait completes when the server has ended", Row, async_wait) {
    RunningServer<Row> server;
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    std::future<StopReport> first = server->async_wait(asio::use_future);
    std::promise<StopReport> called;
    server->async_wait([&](const StopReport& report) { called.set_value(report); });
    server->stop(patience);
    CHECK(client.read_to_end() == "");
    client.close();
    REQUIRE(first.wait_for(patience) == std::future_status::ready);
    CHECK(first.get().drained == 1);
    std::future<StopReport> second = called.get_future();
    REQUIRE(second.wait_for(patience) == std::future_status::ready);
    CHECK(second.get().drained == 1);
    std::future<StopReport> late = server->async_wait(asio::use_future);
    REQUIRE(late.wait_for(patience) == std::future_status::ready);
    CHECK(late.get().drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(async_wait, AsyncRows);

TEST_CASE("a coroutine waits for the end of the server on its own loop") {
    asio::io_context loop;
    charcount::Server<> server{loop, {.connections_to_serve = 1}};
    server.start();
    std::optional<StopReport> report;
    asio::co_spawn(
        loop,
        [&]() -> asio::awaitable<void> {
            report = co_await server.async_wait(asio::use_awaitable);
        },
        asio::detached);
    std::thread thread([&] {
        charcount::test::TestClient<asio::ip::tcp> client(server.local_endpoint());
        CHECK(client.ask("Halo") == "4");
    });
    loop.run();
    thread.join();
    REQUIRE(report);
    CHECK(report->cause == std::error_code());
}

}  // namespace
