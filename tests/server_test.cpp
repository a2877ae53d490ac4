// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: conversations with plain sockets over every kind of server and framing.

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <asio/awaitable.hpp>
#include <charcount/char_count_handler.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/task.hpp>
#include <charcount/unit.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <support/counting_servers.hpp>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/repeated.hpp>
#include <support/server_sockets.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>

namespace {

using charcount::CharCountHandler;
using charcount::LengthFraming;
using charcount::Peer;
using charcount::RawFraming;
using charcount::ServerStats;
using charcount::UntilEofFraming;
using charcount::test::AllRows;
using charcount::test::data_segments_received;
using charcount::test::eventually;
using charcount::test::FewRows;
using charcount::test::find_server_socket;
using charcount::test::Gate;
using charcount::test::HookedHandler;
using charcount::test::Hooks;
using charcount::test::repeated;
using charcount::test::RunningServer;
using charcount::test::TcpOneLoop;
using charcount::test::TcpRows;
using namespace std::chrono_literals;
using namespace std::string_literals;

template <class Row>
using CountingServer = RunningServer<Row, CharCountHandler>;

TEST_CASE_TEMPLATE_DEFINE("lines are counted", Row, lines_are_counted) {
    CountingServer<Row> server;
    auto client = server.connect();
    CHECK(client.ask("Halo dunia") == "10");
    CHECK(client.ask("Grüße") == "5");
    CHECK(client.ask("👨‍👩‍👧‍👦") == "7");
    CHECK(client.ask("") == "0");
    CHECK(client.ask("CRLF\r") == "4");
    client.send("three\nat\nonce\n");
    CHECK(client.read(6) == "5\n2\n4\n");
}
TEST_CASE_TEMPLATE_APPLY(lines_are_counted, AllRows);

TEST_CASE_TEMPLATE_DEFINE("invalid UTF-8 is an error line, and the session goes on", Row,
                          invalid_utf8) {
    CountingServer<Row> server;
    auto client = server.connect();
    CHECK(client.ask("ab\xFF") == "error: invalid UTF-8 at byte 2");
    CHECK(client.ask("ab") == "2");
}
TEST_CASE_TEMPLATE_APPLY(invalid_utf8, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a message may arrive byte by byte", Row, byte_by_byte) {
    CountingServer<Row> server;
    auto client = server.connect();
    for (const char byte : "Grüße\nHalo\n"s) client.send_and_arrive({&byte, 1});
    CHECK(client.read_line() == "5");
    CHECK(client.read_line() == "4");
}
TEST_CASE_TEMPLATE_APPLY(byte_by_byte, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a half-closed client gets its replies, then the end", Row, half_closed) {
    CountingServer<Row> server;
    auto client = server.connect();
    client.send("one\ntwo two\n");
    client.finish_sending();
    CHECK(client.read_to_end() == "3\n7\n");
}
TEST_CASE_TEMPLATE_APPLY(half_closed, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a stream that ends inside a message is told so", Row, truncated) {
    CountingServer<Row> server;
    auto client = server.connect();
    client.send("one\ntw");
    client.finish_sending();
    CHECK(client.read_to_end() == "3\nerror: the last message is not complete\n");
}
TEST_CASE_TEMPLATE_APPLY(truncated, AllRows);

TEST_CASE_TEMPLATE_DEFINE("messages with a length are counted", Row, length_framing) {
    RunningServer<Row, CharCountHandler, LengthFraming> server;
    auto client = server.connect();
    client.send("\0\0\0\4Halo\0\0\0\0\0\0\0\2\n\n"s);
    CHECK(client.read(15) == "\0\0\0\1"s + "4" + "\0\0\0\1"s + "0" + "\0\0\0\1"s + "2");
}
TEST_CASE_TEMPLATE_APPLY(length_framing, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a raw send of up to 16 KiB gets one reply", Row, raw_framing) {
    RunningServer<Row, CharCountHandler, RawFraming> server;
    auto client = server.connect();
    for (const std::size_t size : {1U, 10U, 1023U, 1024U, 1025U, 2048U, 8191U, 16384U}) {
        CAPTURE(size);
        const std::string reply = std::to_string(size);
        client.send(std::string(size, 'x'));
        CHECK(client.read(reply.size()) == reply);
    }
    client.finish_sending();
    CHECK(client.read_to_end() == "");
}
TEST_CASE_TEMPLATE_APPLY(raw_framing, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a UTF-8 sequence that a raw send cuts waits for its rest", Row,
                          raw_cut_sequence) {
    RunningServer<Row, CharCountHandler, RawFraming> server;
    auto client = server.connect();
    client.send("abc\xF0\x9F");
    CHECK(client.read(1) == "3");
    client.send("\x98\x80!");
    CHECK(client.read(1) == "2");
    client.send("\xC3");
    client.finish_sending();
    CHECK(client.read_to_end() == "error: invalid UTF-8 at byte 0");
}
TEST_CASE_TEMPLATE_APPLY(raw_cut_sequence, AllRows);

// A read that fills its buffer promises more; here there is none.
TEST_CASE_TEMPLATE_DEFINE("raw bytes that just fill the buffers are all answered", Row,
                          raw_full_buffers) {
    for (const std::size_t size : {1024U, 64U * 1024U}) {
        CAPTURE(size);
        Gate gate;
        Hooks hooks;
        hooks.on_message = [&](Peer&, std::string_view message) {
            if (message == "wait") gate.pass();
            return std::string(message.size(), '.');
        };
        RunningServer<Row, HookedHandler, RawFraming> server(
            {.max_message_bytes = 1000, .max_pending_output_bytes = 1}, HookedHandler(hooks));
        auto client = server.connect();
        client.send("wait");
        gate.wait_for_arrivals();
        client.send_and_arrive(std::string(size, 'x'));
        gate.open();
        CHECK(client.read(4 + size) == std::string(4 + size, '.'));
    }
}
TEST_CASE_TEMPLATE_APPLY(raw_full_buffers, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a stream is counted when the client half-closes", Row, until_eof) {
    RunningServer<Row, CharCountHandler, UntilEofFraming> server;
    auto client = server.connect();
    client.send("Halo ");
    client.send("dunia\n");
    client.finish_sending();
    CHECK(client.read_to_end() == "11");
    auto silent = server.connect();
    silent.finish_sending();
    CHECK(silent.read_to_end() == "0");
}
TEST_CASE_TEMPLATE_APPLY(until_eof, AllRows);

// The most memory that the process has ever used.
long max_resident_bytes() {
    ::rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024;
}

TEST_CASE_TEMPLATE_DEFINE("a stream of 100 MB takes no more memory than a short one", Row,
                          long_stream) {
    RunningServer<Row, CharCountHandler, UntilEofFraming> server(
        {}, CharCountHandler(charcount::Unit::bytes));
    const std::string piece(1'000'000, 'x');
    auto client = server.connect();
    client.send(piece);
    const long before = max_resident_bytes();
    for (int i = 1; i < 100; ++i) client.send(piece);
    client.finish_sending();
    CHECK(client.read_to_end() == "100000000");
    CHECK(max_resident_bytes() - before < 20'000'000);
}
TEST_CASE_TEMPLATE_APPLY(long_stream, FewRows);

TEST_CASE_TEMPLATE_DEFINE("large messages pass whole both ways", Row, large_messages) {
    RunningServer<Row> server({.max_message_bytes = 3'000'000});
    auto client = server.connect();
    const std::string message = repeated("0123456789", 300'000);
    client.send(message + '\n');
    CHECK(client.read(message.size() + 1) == message + '\n');
}
TEST_CASE_TEMPLATE_APPLY(large_messages, AllRows);

// Counts the messages of its connection.
struct Numbering {
    std::size_t seen = 0;
    std::string operator()(std::string_view text) {
        return std::to_string(++seen) + ":" + std::string(text);
    }
};

TEST_CASE_TEMPLATE_DEFINE("each connection has a handler of its own", Row, own_handler) {
    RunningServer<Row, Numbering> server({}, Numbering{.seen = 10});
    auto first = server.connect();
    auto second = server.connect();
    CHECK(first.ask("a") == "11:a");
    CHECK(first.ask("b") == "12:b");
    CHECK(second.ask("c") == "11:c");
    CHECK(first.ask("d") == "13:d");
}
TEST_CASE_TEMPLATE_APPLY(own_handler, FewRows);

TEST_CASE_TEMPLATE_DEFINE("the peer that a handler gets is the client", Row, peer_is_client) {
    Hooks hooks;
    hooks.on_message = [](Peer& peer, std::string_view) { return peer.address(); };
    RunningServer<Row> server({}, hooks);
    auto client = server.connect();
    const auto local = client.socket().local_endpoint();
    CHECK(client.ask("who am I") == "127.0.0.1:" + std::to_string(local.port()));
}
TEST_CASE_TEMPLATE_APPLY(peer_is_client, TcpRows);

TEST_CASE_TEMPLATE_DEFINE("the figures are those of all connections", Row, figures) {
    CountingServer<Row> server;
    auto open = server.connect();
    CHECK(open.ask("12345") == "5");
    {
        auto gone = server.connect();
        CHECK(gone.ask("1234567890") == "10");
        CHECK(gone.ask("1") == "1");
        gone.finish_sending();
        CHECK(gone.read_to_end() == "");
    }
    CHECK(eventually([&] { return server->stats().connections_open == 1; }));
    const ServerStats stats = server->stats();
    CHECK(stats.connections_accepted == 2);
    CHECK(stats.messages == 3);
    CHECK(stats.bytes_received == 6 + 11 + 2);
    CHECK(stats.bytes_sent == 2 + 3 + 2);
    CHECK(stats.accept_failures == 0);
}
TEST_CASE_TEMPLATE_APPLY(figures, AllRows);

TEST_CASE_TEMPLATE_DEFINE("Nagle's algorithm is off", Row, no_delay) {
    CountingServer<Row> server;
    auto client = server.connect();
    REQUIRE(client.ask("Halo") == "4");
    const int socket = find_server_socket(client.socket().local_endpoint());
    REQUIRE(socket >= 0);
    int no_delay = 0;
    ::socklen_t size = sizeof no_delay;
    REQUIRE(::getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
    CHECK(no_delay != 0);
}
TEST_CASE_TEMPLATE_APPLY(no_delay, TcpRows);

// A thousand messages that arrive at once are answered at once.
template <class Server>
void check_burst(Server& server) {
    auto client = server.connect();
    REQUIRE(client.ask("one") == "3");
    const auto before = data_segments_received(client.socket().native_handle());
    client.send(repeated("12345\n", 1000));
    CHECK(client.read(2000) == repeated("5\n", 1000));
    CHECK(data_segments_received(client.socket().native_handle()) - before == 1);
}

TEST_CASE_TEMPLATE_DEFINE("a pipelined burst is answered with one write", Row, one_write) {
    CountingServer<Row> server;
    check_burst(server);
}
TEST_CASE_TEMPLATE_APPLY(one_write, TcpRows);

template <class Coroutine>
struct CountLater {
    Coroutine operator()(std::string_view message) const {
        co_return std::to_string(message.size());
    }
};

TEST_CASE_TEMPLATE("a pipelined burst to a coroutine is answered with one write", Coroutine,
                   asio::awaitable<std::string>, charcount::Task<std::string>) {
    RunningServer<TcpOneLoop, CountLater<Coroutine>> server;
    check_burst(server);
}

TEST_CASE_TEMPLATE_DEFINE("a connection that was quiet for a while still answers", Row,
                          quiet_connection) {
    RunningServer<Row> server;
    auto asking = server.connect();
    auto listening = server.connect();
    REQUIRE(asking.ask("before") == "before");
    REQUIRE(listening.ask("before") == "before");
    REQUIRE_FALSE(asking.receives_within(1'500ms));
    CHECK(asking.ask("after") == "after");
    CHECK(asking.ask("again") == "again");
    CHECK(server->broadcast("all hear") == 2);
    CHECK(listening.read_line() == "all hear");
    CHECK(listening.ask("and speak") == "and speak");
}
TEST_CASE_TEMPLATE_APPLY(quiet_connection, FewRows);

}  // namespace
