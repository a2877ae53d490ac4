// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: how it stops, what it still answers, and what it reports.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <charcount/char_count_handler.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using charcount::errc;
using charcount::Peer;
using charcount::ServerOptions;
using charcount::StopReport;
using charcount::UntilEofFraming;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::FewRows;
using charcount::test::Gate;
using charcount::test::Hooks;
using charcount::test::is_async;
using charcount::test::Log;
using charcount::test::patience;
using charcount::test::RunningServer;
using charcount::test::TcpRows;
using charcount::test::TestServer;
using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;
using Errors = std::vector<std::error_code>;

Hooks noting_ends(Log<std::error_code>& ends) {
    return {.on_close = [&](Peer&, std::error_code error) { ends.add(error); }};
}

// A handler that waits at the gate when it is told so, and else echoes.
Hooks waiting_at(Gate& gate) {
    return {.on_message = [&](Peer&, std::string_view message) {
        if (message == "wait") gate.pass();
        return std::string(message);
    }};
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

template <class Row, class Server>
auto many_clients(Server& server, std::size_t count) {
    std::vector<decltype(server.connect_one_of_many())> clients;
    for (std::size_t i = 0; i < count; ++i) clients.push_back(server.connect_one_of_many());
    return clients;
}

template <class Row>
bool refuses(const typename RunningServer<Row>::Endpoint& address) {
    return typename RunningServer<Row>::Client().try_connect(address) != std::error_code();
}

// Quiet connections.

TEST_CASE_TEMPLATE_DEFINE("quiet clients get the end at once", Row, quiet_clients) {
    Log<std::error_code> ends;
    RunningServer<Row> server({.linger_timeout = 60s}, noting_ends(ends));
    auto clients = many_clients<Row>(server, 5);
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

// What has arrived is answered.

TEST_CASE_TEMPLATE_DEFINE("requests that have arrived are answered, then comes the end", Row,
                          arrived_requests) {
    constexpr std::size_t burst = 20;
    for (int round = 0; round < 10; ++round) {
        RunningServer<Row> server;
        auto clients = many_clients<Row>(server, 16);
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
        auto clients = many_clients<Row>(server, 8);
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
    auto clients = many_clients<Row>(server, 2);
    clients[0]->send("wait\n");
    gate.wait_for_arrivals();
    for (auto& waiting : many_clients<Row>(server, 10)) clients.push_back(std::move(waiting));
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
    charcount::CharCountHandler counter;

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
    CHECK(server->wait().drained == 2);
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
        while (client.try_send(requests) == std::error_code())
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
    auto waiting = many_clients<Row>(server, 5);  // the kernel has accepted them
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
    SUBCASE("of the only stop") { clogged.server()->stop(100ms); }
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
    SUBCASE("SIGTERM") { std::raise(SIGTERM); }
    SUBCASE("SIGINT") { std::raise(SIGINT); }
    CHECK(client.read_to_end() == "");
    client.close();
    CHECK(server->wait().drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(signal_stops, FewRows);

}  // namespace
