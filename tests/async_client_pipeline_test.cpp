// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the asynchronous Client with many calls under way: order, few writes, limits.

#include <doctest/doctest.h>

#include <asio/post.hpp>
#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/async.hpp>
#include <cstddef>
#include <limits>
#include <string>
#include <support/async_calls.hpp>
#include <support/client_rows.hpp>
#include <support/counting_tcp.hpp>
#include <support/events.hpp>
#include <support/splits.hpp>
#include <utility>
#include <vector>

namespace {

using charcount::AsyncTransport;
using charcount::Client;
using charcount::ClientOptions;
using charcount::errc;
using charcount::RawFraming;
using charcount::test::AsyncClientOver;
using charcount::test::connect;
using charcount::test::CountingTcp;
using charcount::test::endless_text;
using charcount::test::Gate;
using charcount::test::Keep;
using charcount::test::options_for;
using charcount::test::Outcome;
using charcount::test::OverLocal;
using charcount::test::OverTcp;
using charcount::test::Scripted;
using charcount::test::TestLoop;

// Answers so many lines, each with its text in brackets.
template <class Connection>
void bracket_lines(Connection& connection, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) connection.send("<" + connection.read_line() + ">\n");
}

TEST_CASE("a thousand requests at once are one write, and each gets its own reply, in order") {
    constexpr std::size_t count = 1000;
    Scripted<OverTcp> server({[](auto& connection) { bracket_lines(connection, count); }});
    TestLoop loop;
    Client<AsyncTransport<CountingTcp>> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    CountingTcp::writes = 0;
    std::vector<std::size_t> order;
    std::size_t right = 0;
    const auto request_all = [&] {
        for (std::size_t i = 0; i < count; ++i) {
            client.async_request(std::to_string(i), [&, i](std::error_code, std::string reply) {
                order.push_back(i);
                if (reply == "<" + std::to_string(i) + ">") ++right;
            });
        }
    };
    SUBCASE("begun on the loop") {
        asio::post(loop.context(), request_all);
    }
    SUBCASE("begun elsewhere") {
        request_all();
    }
    CHECK(loop.run_to_end());
    CHECK(right == count);
    CHECK(order.size() == count);
    for (std::size_t i = 0; i < order.size(); ++i) REQUIRE(order[i] == i);
    CHECK(CountingTcp::writes == 1);
}

TEST_CASE_TEMPLATE("replies that come byte by byte are each their own caller's", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        (void)connection.read_line();
        (void)connection.read_line();
        for (const std::string& byte : charcount::test::byte_by_byte("one\r\n\ntwo\n"))
            connection.send_and_arrive(byte);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    std::vector<Outcome> outcomes(3);
    client.async_request("a", Keep(outcomes[0]));
    client.async_request("b", Keep(outcomes[1]));
    client.async_receive(Keep(outcomes[2]));
    CHECK(loop.run_to_end());
    CHECK(outcomes[0].message == "one");
    CHECK(outcomes[1].message.empty());
    CHECK_FALSE(outcomes[1].error);
    CHECK(outcomes[2].message == "two");
}

TEST_CASE_TEMPLATE("messages that no request waits for go to those who receive", Row, OverTcp,
                   OverLocal) {
    Gate pushes;
    Scripted<Row> server({[&](auto& connection) {
        connection.send("welcome\n");
        bracket_lines(connection, 2);
        pushes.pass();
        connection.send("first push\nsecond push\n");
        bracket_lines(connection, 1);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    std::vector<Outcome> got(7);
    client.async_receive(Keep(got[0]));
    CHECK(loop.run_until([&] { return got[0].is_done(); }));
    CHECK(got[0].message == "welcome");
    client.async_receive(Keep(got[1]));
    client.async_request("a", Keep(got[2]));
    client.async_receive(Keep(got[3]));
    client.async_send("b", Keep(got[4]));
    CHECK(loop.run_until([&] { return got[1].is_done(); }));
    CHECK(got[2].message == "<a>");
    CHECK(got[1].message == "<b>");
    pushes.open();
    CHECK(loop.run_to_end());
    CHECK(got[3].message == "first push");
    client.async_receive(Keep(got[5]));
    CHECK(loop.run_to_end());
    CHECK(got[5].message == "second push");
    client.async_request("c", Keep(got[6]));
    CHECK(loop.run_to_end());
    CHECK(got[6].message == "<c>");
}

TEST_CASE_TEMPLATE("what nobody waits for stays where it is", Row, OverTcp, OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        connection.send("1\n2\n3\n");
        (void)connection.read_line();
        connection.send("4\n");
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    std::vector<Outcome> got(4);
    for (std::size_t i = 0; i < 3; ++i) {
        client.async_receive(Keep(got[i]));
        CHECK(loop.run_to_end());
        CHECK(got[i].message == std::to_string(i + 1));
    }
    client.async_request("?", Keep(got[3]));
    CHECK(loop.run_to_end());
    CHECK(got[3].message == "4");
}

TEST_CASE_TEMPLATE("raw replies that fill the buffer are complete when nothing follows", Row,
                   OverTcp, OverLocal) {
    // The limit cuts what one read finds into several messages, which are then taken one by one.
    constexpr std::size_t size = 16 * 1024;
    Scripted<Row> server({[](auto& connection) {
        (void)connection.read(1);
        connection.send_and_arrive(std::string(size, 'x'));
        (void)connection.read(1);
    }});
    ClientOptions options = options_for(server.endpoint());
    options.max_message_bytes = 10'000;
    TestLoop loop;
    AsyncClientOver<Row, RawFraming> client(loop.context(), options);
    connect(loop, client);
    std::size_t received = 0;
    Outcome sent;
    client.async_send("?", Keep(sent));
    while (received < size) {
        Outcome got;
        client.async_receive(Keep(got));
        REQUIRE(loop.run_to_end());
        REQUIRE_FALSE(got.error);
        received += got.message.size();
    }
    CHECK(received == size);
}

TEST_CASE_TEMPLATE("more output than the limit is refused, and what was accepted is sent", Row,
                   OverTcp, OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        for (int i = 0; i < 3; ++i)
            connection.send(std::to_string(connection.read_line().size()) + '\n');
    }});
    ClientOptions options = options_for(server.endpoint());
    options.max_pending_output_bytes = 1000;
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options);
    connect(loop, client);
    std::vector<Outcome> got(7);
    SUBCASE("a message over the limit goes when nothing else waits") {
        client.async_request(std::string(5000, 'x'), Keep(got[0]));
        client.async_request("", Keep(got[1]));
        reads.open();
        CHECK(loop.run_until([&] { return got[0].is_done(); }));
        CHECK(got[0].message == "5000");
        CHECK(got[1].error == errc::output_overflow);
    }
    SUBCASE("messages up to the limit") {
        client.async_request(std::string(499, 'x'), Keep(got[0]));
        client.async_request(std::string(499, 'y'), Keep(got[1]));
        client.async_request("", Keep(got[2]));  // a byte more: its LF
        client.async_send("", Keep(got[3]));
        reads.open();
        CHECK(loop.run_until([&] { return got[0].is_done() && got[1].is_done(); }));
        CHECK(got[0].message == "499");
        CHECK(got[1].message == "499");
        CHECK(got[2].error == errc::output_overflow);
        CHECK(got[3].error == errc::output_overflow);
        client.async_request(std::string(999, 'z'), Keep(got[4]));
        CHECK(loop.run_until([&] { return got[4].is_done(); }));
        CHECK(got[4].message == "999");
    }
    SUBCASE("a server that does not read") {
        client.async_send(endless_text(), Keep(got[0]));
        loop.turn();
        client.async_request("x", Keep(got[1]));
        loop.turn();
        CHECK(got[1].error == errc::output_overflow);
        CHECK_FALSE(got[0].is_done());
        reads.open();
        client.async_receive(Keep(got[2]));
        CHECK(loop.run_until([&] { return got[2].is_done(); }));
        CHECK(got[2].message == std::to_string(endless_text().size()));
    }
}

TEST_CASE_TEMPLATE("closing and half-closing are never too much output", Row, OverTcp, OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        (void)connection.read_to_end();
        connection.close();
    }});
    ClientOptions options = options_for(server.endpoint());
    options.max_pending_output_bytes = 1000;
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options);
    connect(loop, client);
    Outcome sent;
    Outcome finished;
    Outcome closed;
    client.async_send(endless_text(), Keep(sent));
    client.async_finish_sending(Keep(finished));
    client.async_close(Keep(closed));
    loop.turn();
    reads.open();
    CHECK(loop.run_to_end());
    CHECK_FALSE(sent.error);
    CHECK_FALSE(finished.error);
    CHECK_FALSE(closed.error);
}

TEST_CASE_TEMPLATE("a reply may have as many bytes as the limit, and no more", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        connection.send(std::string(100'000, 'x') + '\n' + std::string(100'001, 'x') + '\n');
    }});
    ClientOptions options = options_for(server.endpoint());
    options.max_message_bytes = 100'000;
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options);
    connect(loop, client);
    std::vector<Outcome> got(3);
    for (Outcome& outcome : got) client.async_receive(Keep(outcome));
    CHECK(loop.run_to_end());
    CHECK(got[0].message.size() == 100'000);
    CHECK(got[1].error == errc::message_too_long);
    CHECK(got[2].error == errc::message_too_long);
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("requests go both ways at once without waiting for each other", Row, OverTcp,
                   OverLocal) {
    constexpr std::size_t count = 20;
    const std::string text(500'000, 'x');
    Scripted<Row> server({[&](auto& connection) {
        for (std::size_t i = 0; i < count; ++i) {
            (void)connection.read_line();
            connection.send(text + '\n');
        }
    }});
    ClientOptions options = options_for(server.endpoint());
    options.max_pending_output_bytes = std::numeric_limits<std::size_t>::max();
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options);
    connect(loop, client);
    std::vector<Outcome> got(count);
    for (Outcome& outcome : got) client.async_request(text, Keep(outcome));
    CHECK(loop.run_to_end());
    for (const Outcome& outcome : got) CHECK((outcome.message == text));
}

}  // namespace
