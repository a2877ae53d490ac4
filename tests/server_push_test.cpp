// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: messages that it was not asked for, from handlers and from any thread.

#include <doctest/doctest.h>

#include <atomic>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using charcount::errc;
using charcount::LengthFraming;
using charcount::Peer;
using charcount::PushPolicy;
using charcount::ServerOptions;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::FewRows;
using charcount::test::HookedHandler;
using charcount::test::Hooks;
using charcount::test::Log;
using charcount::test::patience;
using charcount::test::RunningServer;
using namespace std::chrono_literals;
using namespace std::string_literals;

using Errors = std::vector<std::error_code>;

// Hooks that note who came, and how they ended.
Hooks noting(Log<Peer>& peers, Log<std::error_code>& ends) {
    return {.on_open = [&](Peer& peer) { peers.add(peer); },
            .on_close = [&](Peer&, std::error_code error) { ends.add(error); }};
}

// A server with one client, whose peer the test holds.
template <class Row>
struct Line {
    explicit Line(ServerOptions options = {}) : server(std::move(options), noting(peers, ends)) {
        client.connect(server->local_endpoint());
        const std::vector<Peer> found = peers.wait_for(1);
        if (found.empty()) throw std::runtime_error("nobody came");
        peer = found.front();
    }

    Log<Peer> peers;
    Log<std::error_code> ends;
    RunningServer<Row> server;
    typename RunningServer<Row>::Client client;
    Peer peer;
};

// Order.

TEST_CASE_TEMPLATE_DEFINE("what a handler pushes goes out before its reply", Row, push_then_reply) {
    Hooks hooks;
    hooks.on_open = [](Peer& peer) { peer.send("welcome"); };
    hooks.on_message = [](Peer& peer, std::string_view message) {
        peer.send("first");
        peer.send("second");
        return std::string(message);
    };
    RunningServer<Row> server({}, hooks);
    auto client = server.connect();
    CHECK(client.read_line() == "welcome");
    client.send("a\nb\n");
    CHECK(client.read(30) == "first\nsecond\na\nfirst\nsecond\nb\n");
}
TEST_CASE_TEMPLATE_APPLY(push_then_reply, AllRows);

TEST_CASE_TEMPLATE_DEFINE("pushes are framed as replies are", Row, framed_pushes) {
    Hooks hooks;
    hooks.on_open = [](Peer& peer) { peer.send("Halo"); };
    RunningServer<Row, HookedHandler, LengthFraming> server({}, HookedHandler(hooks));
    CHECK(server.connect().read(8) == "\0\0\0\4Halo"s);
}
TEST_CASE_TEMPLATE_APPLY(framed_pushes, FewRows);

TEST_CASE_TEMPLATE_DEFINE("messages from many threads arrive whole, each thread's in order", Row,
                          many_threads) {
    constexpr std::size_t senders = 4;
    constexpr std::size_t count = 500;
    Line<Row> line({.max_pending_output_bytes = 1'000'000'000});
    std::vector<std::thread> threads;
    for (std::size_t sender = 0; sender < senders; ++sender)
        threads.emplace_back([&, sender] {
            for (std::size_t i = 0; i < count; ++i)
                line.peer.send(std::to_string(sender) + ":" + std::string(i % 300, '.') + ":" +
                               std::to_string(i));
        });
    line.client.send("asked meanwhile\n");
    std::vector<std::size_t> next(senders, 0);
    std::size_t replies = 0;
    for (std::size_t i = 0; i < senders * count + 1; ++i) {
        const std::string message = line.client.read_line();
        if (message == "asked meanwhile") {
            ++replies;
            continue;
        }
        const auto sender = static_cast<std::size_t>(message.at(0) - '0');
        REQUIRE(sender < senders);
        REQUIRE(message == std::to_string(sender) + ":" + std::string(next[sender] % 300, '.') +
                               ":" + std::to_string(next[sender]));
        ++next[sender];
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(replies == 1);
    CHECK(next == std::vector<std::size_t>(senders, count));
}
TEST_CASE_TEMPLATE_APPLY(many_threads, AllRows);

TEST_CASE_TEMPLATE_DEFINE("connections talk to each other", Row, talk_to_each_other) {
    Log<Peer> peers;
    Hooks hooks;
    hooks.on_open = [&](Peer& peer) { peers.add(peer); };
    hooks.on_message = [&](Peer& from, std::string_view message) -> std::optional<std::string> {
        for (const Peer& peer : peers.entries())
            if (!(peer == from)) peer.send(message);
        return std::nullopt;
    };
    RunningServer<Row> server({}, hooks);
    auto first = server.connect();
    auto second = server.connect();
    REQUIRE(peers.wait_for(2).size() == 2);
    for (int i = 0; i < 100; ++i) {
        first.send("to the second\n");
        second.send("to the first\n");
    }
    for (int i = 0; i < 100; ++i) {
        REQUIRE(first.read_line() == "to the first");
        REQUIRE(second.read_line() == "to the second");
    }
}
TEST_CASE_TEMPLATE_APPLY(talk_to_each_other, AllRows);

// Too much.

constexpr std::size_t large_size = 100'000;

// Sends large messages until one is refused; returns how many were taken.
std::size_t send_until_refused(const Peer& peer, std::error_code& error) {
    const std::string message(large_size, 'x');
    std::size_t taken = 0;
    while (taken < 10'000 && !(error = peer.send(message))) ++taken;
    return taken;
}

TEST_CASE_TEMPLATE_DEFINE("with the policy drop a push over the mark is refused", Row,
                          policy_drop) {
    Line<Row> line({.max_pending_output_bytes = 400'000, .push_policy = PushPolicy::drop});
    std::error_code error;
    const std::size_t taken = send_until_refused(line.peer, error);
    CHECK(error == errc::output_overflow);
    CHECK(line.peer.is_open());
    // What was taken arrives, and nothing else; then there is room again.
    CHECK(line.client.read(taken * (large_size + 1)).size() == taken * (large_size + 1));
    CHECK(eventually([&] { return !line.peer.send("room again"); }));
    CHECK(line.client.read_line() == "room again");
    CHECK(line.client.ask("goes on") == "goes on");
    CHECK(line.ends.entries().empty());
}
TEST_CASE_TEMPLATE_APPLY(policy_drop, AllRows);

TEST_CASE_TEMPLATE_DEFINE("with the policy block a thread waits for room", Row, policy_block) {
    Line<Row> line({.max_pending_output_bytes = 400'000,
                    .push_policy = PushPolicy::block,
                    .write_timeout = 60s});
    constexpr std::size_t count = 300;
    std::atomic<std::size_t> sent = 0;
    std::thread sender([&] {
        const std::string message(large_size, 'x');
        for (std::size_t i = 0; i < count; ++i)
            if (!line.peer.send(message)) ++sent;
    });
    CHECK(line.client.read(count * (large_size + 1)).size() == count * (large_size + 1));
    sender.join();
    CHECK(sent == count);
}
TEST_CASE_TEMPLATE_APPLY(policy_block, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a thread waits for room no longer than the write deadline", Row,
                          policy_block_ends) {
    Line<Row> line({.max_pending_output_bytes = 400'000,
                    .push_policy = PushPolicy::block,
                    .write_timeout = 200ms});
    std::error_code error;
    send_until_refused(line.peer, error);
    // The deadline of the wait and that of the connection, whose output makes no progress, are
    // near each other.
    CHECK((error == errc::output_overflow || error == errc::connection_closed));
    CHECK(line.ends.wait_for(1) == Errors{errc::write_timed_out});
    CHECK(line.peer.send("too late") == errc::connection_closed);
}
TEST_CASE_TEMPLATE_APPLY(policy_block_ends, AllRows);

TEST_CASE_TEMPLATE_DEFINE("with the policy block a handler does not wait", Row,
                          policy_block_in_handler) {
    Log<std::error_code> refusals;
    Hooks hooks;
    hooks.on_message = [&](Peer& peer, std::string_view) {
        std::error_code error;
        send_until_refused(peer, error);
        refusals.add(error);
        return std::string("reply");
    };
    RunningServer<Row> server({.max_pending_output_bytes = 400'000,
                               .push_policy = PushPolicy::block,
                               .write_timeout = 60s},
                              hooks);
    auto client = server.connect();
    client.send("push\n");
    CHECK(refusals.wait_for(1) == Errors{errc::output_overflow});
    CHECK(client.read(3 * (large_size + 1)).size() == 3 * (large_size + 1));
    CHECK(client.read_line() == "reply");
}
TEST_CASE_TEMPLATE_APPLY(policy_block_in_handler, AllRows);

// More than the sockets take.
constexpr std::size_t high_mark = 16'000'000;

TEST_CASE_TEMPLATE_DEFINE("with the policy disconnect a push over the mark ends the connection",
                          Row, policy_disconnect) {
    Line<Row> line({.max_pending_output_bytes = high_mark, .push_policy = PushPolicy::disconnect});
    std::error_code error;
    const std::size_t taken = send_until_refused(line.peer, error);
    CHECK(error == errc::output_overflow);
    CHECK(line.peer.send("too late") == errc::connection_closed);
    // The client reads at last: it gets what was taken.
    CHECK(line.client.read_to_end().size() == taken * (large_size + 1));
    line.client.close();
    CHECK(line.ends.wait_for(1) == Errors{errc::output_overflow});
}
TEST_CASE_TEMPLATE_APPLY(policy_disconnect, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a disconnected client that never reads is cut off", Row,
                          policy_disconnect_ends) {
    Line<Row> line({.max_pending_output_bytes = high_mark,
                    .push_policy = PushPolicy::disconnect,
                    .write_timeout = 100ms,
                    .linger_timeout = 60s});
    std::error_code error;
    send_until_refused(line.peer, error);
    CHECK(line.ends.wait_for(1).size() == 1);
    CHECK(line.client.read_to_end().size() < high_mark);
}
TEST_CASE_TEMPLATE_APPLY(policy_disconnect_ends, AllRows);

// To all.

TEST_CASE_TEMPLATE_DEFINE("a broadcast reaches everybody, whoever does not read", Row, broadcast) {
    Log<Peer> peers;
    Log<std::error_code> ends;
    RunningServer<Row> server({.max_pending_output_bytes = 400'000, .write_timeout = 60s},
                              noting(peers, ends));
    auto clients = server.connect_many(5);
    auto deaf = server.connect();
    REQUIRE(peers.wait_for(6).size() == 6);
    const std::string message(large_size, 'x');
    std::size_t reached = 6;
    int rounds = 0;
    for (; reached == 6 && rounds < 1000; ++rounds) {
        reached = server->broadcast(message);
        for (auto& client : clients) REQUIRE(client->read(large_size + 1) == message + '\n');
    }
    CHECK(reached == 5);
    CHECK(rounds > 3);
    CHECK(server->broadcast("short") >= 5);
    for (auto& client : clients) CHECK(client->read_line() == "short");
    clients.clear();
    CHECK(ends.wait_for(5).size() == 5);
}
TEST_CASE_TEMPLATE_APPLY(broadcast, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a handler may broadcast", Row, broadcast_by_handler) {
    RunningServer<Row>* running = nullptr;
    Hooks hooks;
    hooks.on_message = [&](Peer&, std::string_view message) -> std::optional<std::string> {
        (*running)->broadcast(message);
        return std::nullopt;
    };
    RunningServer<Row> server({}, hooks);
    running = &server;
    auto clients = server.connect_many(3);
    CHECK(eventually([&] { return server->stats().connections_open == 3; }));
    clients[1]->send("to all\n");
    for (auto& client : clients) CHECK(client->read_line() == "to all");
}
TEST_CASE_TEMPLATE_APPLY(broadcast_by_handler, AllRows);

TEST_CASE_TEMPLATE_DEFINE("broadcasts while clients come and go do no harm", Row,
                          broadcast_in_traffic) {
    RunningServer<Row> server;
    std::atomic<bool> over = false;
    std::thread announcer([&] {
        while (!over) server->broadcast("news");
    });
    for (int i = 0; i < 20; ++i) {
        auto client = server.connect();
        CHECK(client.read_line() == "news");
        client.send("Halo\n");
        std::string heard = "news";
        while (heard == "news") heard = client.read_line();
        CHECK(heard == "Halo");
    }
    over = true;
    announcer.join();
}
TEST_CASE_TEMPLATE_APPLY(broadcast_in_traffic, AllRows);

// The end.

TEST_CASE_TEMPLATE_DEFINE("a peer whose connection has ended says so", Row, ended_peer) {
    Line<Row> line;
    CHECK(line.client.ask("Halo") == "Halo");
    CHECK(line.peer.is_open());
    line.client.finish_sending();
    CHECK(line.client.read_to_end() == "");
    CHECK(line.ends.wait_for(1) == Errors{std::error_code()});
    CHECK_FALSE(line.peer.is_open());
    CHECK(line.peer.send("too late") == errc::connection_closed);
    CHECK(eventually([&] { return line.peer.address() == "closed"; }));
}
TEST_CASE_TEMPLATE_APPLY(ended_peer, AllRows);

TEST_CASE_TEMPLATE_DEFINE("closing a peer sends what was queued, then the end", Row, closed_peer) {
    Line<Row> line;
    SUBCASE("from any thread") {
        CHECK(line.peer.send("last words") == std::error_code());
        line.peer.close();
        CHECK(line.peer.send("too late") == errc::connection_closed);
        CHECK(line.client.read_to_end() == "last words\n");
    }
    SUBCASE("with a request under way") {
        line.client.send("Halo\n");
        CHECK(line.client.read_line() == "Halo");
        line.peer.close();
        CHECK(line.client.read_to_end() == "");
    }
    line.client.close();
    CHECK(line.ends.wait_for(1) == Errors{std::error_code()});
}
TEST_CASE_TEMPLATE_APPLY(closed_peer, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a handler that closes its peer still replies", Row, closed_by_handler) {
    Hooks hooks;
    hooks.on_message = [](Peer& peer, std::string_view message) {
        if (message == "bye") peer.close();
        return std::string(message);
    };
    RunningServer<Row> server({}, hooks);
    auto client = server.connect();
    client.send("Halo\nbye\nnever answered\n");
    CHECK(client.read_to_end() == "Halo\nbye\n");
}
TEST_CASE_TEMPLATE_APPLY(closed_by_handler, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a push behind the end of the stream is refused", Row, push_after_end) {
    Log<Peer> peers;
    Log<std::error_code> ends;
    const auto serve = [&](ServerOptions options, const auto& say, std::string_view last) {
        options.linger_timeout = 60s;
        RunningServer<Row> server(options, noting(peers, ends));
        auto client = server.connect();
        REQUIRE(peers.wait_for(1).size() == 1);
        say(server, client);
        CHECK(client.read_to_end().ends_with(last));  // and does not close
        CHECK(peers.entries().front().send("too late") == errc::connection_closed);
        CHECK_FALSE(peers.entries().front().is_open());
        CHECK(ends.entries().empty());
    };
    SUBCASE("after the last request") {
        serve(
            {.requests_per_connection = 1}, [](auto&, auto& client) { client.send("Halo\n"); },
            "Halo\n");
    }
    SUBCASE("after a message too long") {
        serve(
            {.max_message_bytes = 1}, [](auto&, auto& client) { client.send("Halo\n"); },
            "bytes\n");
    }
    SUBCASE("after a silence") {
        serve(
            {.idle_timeout = 50ms}, [](auto&, auto&) {}, "");
    }
    SUBCASE("after a stop") {
        serve(
            {}, [](auto& server, auto&) { server->stop(patience); }, "");
    }
}
TEST_CASE_TEMPLATE_APPLY(push_after_end, AllRows);

}  // namespace
