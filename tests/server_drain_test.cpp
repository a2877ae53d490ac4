// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: whatever had arrived when it stopped is answered, whoever asked and how.

#include <doctest/doctest.h>

#include <atomic>
#include <charcount/char_count_handler.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/repeated.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using charcount::CharCountHandler;
using charcount::Peer;
using charcount::StopReport;
using charcount::UntilEofFraming;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::Gate;
using charcount::test::Hooks;
using charcount::test::is_async;
using charcount::test::Log;
using charcount::test::patience;
using charcount::test::repeated;
using charcount::test::RunningServer;
using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;

// A handler that waits at the gate when it is told so, and else echoes.
Hooks waiting_at(Gate& gate) {
    return {.on_message = [&](Peer&, std::string_view message) {
        if (message == "wait") gate.pass();
        return std::string(message);
    }};
}

TEST_CASE_TEMPLATE_DEFINE("requests that have arrived are answered, then comes the end", Row,
                          arrived_requests) {
    constexpr std::size_t burst = 20;
    for (int round = 0; round < 10; ++round) {
        RunningServer<Row> server;
        auto clients = server.connect_many(16);
        for (auto& client : clients) client->send_and_arrive(repeated("Halo\n", burst));
        server->stop(patience);
        std::size_t unanswered = 0;
        for (auto& client : clients) {
            if (client->read_to_end() != repeated("Halo\n", burst)) ++unanswered;
            client->close();
        }
        CHECK(unanswered == 0);
        const StopReport report = server->wait();
        CHECK(report.forced + report.failed + report.unsent_bytes == 0);
    }
}
TEST_CASE_TEMPLATE_APPLY(arrived_requests, AllRows);

TEST_CASE_TEMPLATE_DEFINE("clients that ask in a loop lose no request when the server stops", Row,
                          asking_in_a_loop) {
    for (int round = 0; round < 5; ++round) {
        RunningServer<Row> server;
        auto clients = server.connect_many(8);
        std::atomic<int> asked = 0;
        Log<std::string> ends;
        std::vector<std::thread> threads;
        for (auto& client : clients)
            threads.emplace_back([&] {
                std::string reply = "Halo";
                while (reply == "Halo" && !client->try_send("Halo\n")) {
                    ++asked;
                    reply = client->read_line();
                }
                ends.add(reply);  // the request that crossed the end was not there in time
                client->close();
            });
        CHECK(eventually([&] { return asked > 100; }));
        const StopReport report = server.stop();
        for (std::thread& thread : threads) thread.join();
        CHECK(ends.entries() == std::vector<std::string>(8, "<end>"));
        CHECK(report.drained == 8);
        CHECK(report.forced + report.failed + report.unsent_bytes == 0);
    }
}
TEST_CASE_TEMPLATE_APPLY(asking_in_a_loop, AllRows);

TEST_CASE_TEMPLATE_DEFINE("requests of clients that wait in the backlog are answered", Row,
                          backlog_is_answered) {
    Gate gate;
    RunningServer<Row> server({.max_connections = 2}, waiting_at(gate));
    auto clients = server.connect_many(2);
    clients[0]->send("wait\n");
    gate.wait_for_arrivals();
    for (auto& waiting : server.connect_many(10)) clients.push_back(std::move(waiting));
    for (std::size_t i = 1; i < clients.size(); ++i) clients[i]->send_and_arrive("Halo\nagain\n");
    server->stop(patience);
    gate.open();
    CHECK(clients[0]->read_to_end() == "wait\n");
    clients[0]->close();
    for (std::size_t i = 1; i < clients.size(); ++i) {
        CHECK(clients[i]->read_to_end() == "Halo\nagain\n");
        clients[i]->close();
    }
    const StopReport report = server->wait();
    CHECK(report.drained == 12);
    CHECK(report.forced + report.failed == 0);
}
TEST_CASE_TEMPLATE_APPLY(backlog_is_answered, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a burst whose replies exceed the high-water mark is answered whole", Row,
                          burst_over_mark) {
    constexpr std::size_t count = 1000;
    const std::string reply(16 * 1024, 'x');
    Hooks hooks;
    hooks.on_message = [&](Peer&, std::string_view) { return reply; };
    RunningServer<Row> server({.max_pending_output_bytes = 64 * 1024}, hooks);
    auto client = server.connect();
    client.send_and_arrive(repeated("ask\n", count));
    CHECK(eventually([&] { return server->stats().messages > 0; }));
    server->stop(patience);
    const std::string replies = client.read_to_end();
    client.close();
    CHECK(replies.size() == count * (reply.size() + 1));
    CHECK(replies == repeated(reply + '\n', count));
    CHECK(server->wait().drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(burst_over_mark, AllRows);

// Waits at the gate in the middle of a stream.
struct HeldUp {
    Gate* gate;
    CharCountHandler counter;

    void on_chunk(std::string_view piece) {
        if (piece == "wait") gate->pass();
        counter.on_chunk(piece);
    }
    std::string on_end() { return counter.on_end(); }
};

template <class Row>
using StreamServer = RunningServer<Row, HeldUp, UntilEofFraming>;

TEST_CASE_TEMPLATE_DEFINE("a stream whose end arrived during its handler is counted", Row,
                          arrived_end) {
    Gate gate;
    StreamServer<Row> server({}, HeldUp{&gate, {}});
    auto client = server.connect();
    client.send("wait");
    gate.wait_for_arrivals();
    auto quiet = server.connect();
    client.send_and_arrive("and more");
    client.finish_sending();
    server->stop(patience);
    // Where the handler does not hold up the stop itself, that begins before the handler ends.
    if (!is_async<Row>) CHECK(quiet.read_to_end() == "");
    gate.open();
    CHECK(client.read_to_end() == "12");
    client.close();
    CHECK(quiet.read_to_end() == "");
    quiet.close();
    // On a loop of the library's own, what a Unix domain socket holds is read to its end at once:
    // there the stream ends before the stop that its handler holds up.
    constexpr bool ends_before = std::is_same_v<Row, charcount::test::LocalOneLoop>;
    const StopReport report = server->wait();
    CHECK(report.drained == (ends_before ? 1 : 2));
    CHECK(report.forced + report.failed == 0);
}
TEST_CASE_TEMPLATE_APPLY(arrived_end, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a stream whose end arrived during another's handler is counted", Row,
                          arrived_end_elsewhere) {
    Gate gate;
    StreamServer<Row> server({}, HeldUp{&gate, {}});
    auto busy = server.connect();
    busy.send("begin");
    auto client = server.connect();
    client.send("begin");
    CHECK(eventually([&] { return server->stats().bytes_received == 10; }));
    busy.send("wait");
    gate.wait_for_arrivals();
    client.send_and_arrive(" and end");
    client.finish_sending();
    server->stop(patience);
    gate.open();
    CHECK(client.read_to_end() == "13");
    client.close();
    CHECK(busy.read_to_end() == "");
    busy.close();
    CHECK(server->wait().forced == 0);
}
TEST_CASE_TEMPLATE_APPLY(arrived_end_elsewhere, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a client that never stops sending can't keep the server going", Row,
                          never_stops_sending) {
    RunningServer<Row> server({.linger_timeout = 100ms});
    auto client = server.connect();
    std::thread sender([&] {
        const std::string requests = repeated("Halo\n", 1000);
        while (!client.try_send(requests))
            if (client.read(requests.size()) != requests) break;
    });
    CHECK(eventually([&] { return server->stats().messages > 1000; }));
    const auto begin = Clock::now();
    const StopReport report = server.stop(60s);
    CHECK(Clock::now() - begin < patience);
    CHECK(report.drained == 1);
    sender.join();
}
TEST_CASE_TEMPLATE_APPLY(never_stops_sending, AllRows);

}  // namespace
