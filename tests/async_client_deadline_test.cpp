// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the asynchronous Client's deadlines: each ends its own call, and the others go on.

#include <doctest/doctest.h>

#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/async.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <support/async_calls.hpp>
#include <support/client_rows.hpp>
#include <support/endless_tcp.hpp>
#include <support/events.hpp>
#include <support/fake_names.hpp>
#include <support/timing.hpp>
#include <vector>

namespace {

using charcount::AsyncTransport;
using charcount::Client;
using charcount::ClientOptions;
using charcount::errc;
using charcount::UntilEofFraming;
using charcount::test::AsyncClientOver;
using charcount::test::Bound;
using charcount::test::check_takes;
using charcount::test::connect;
using charcount::test::endless_text;
using charcount::test::EndlessFraming;
using charcount::test::EndlessTcp;
using charcount::test::FullSocket;
using charcount::test::Gate;
using charcount::test::Keep;
using charcount::test::ListedNames;
using charcount::test::options_for;
using charcount::test::Outcome;
using charcount::test::OverLocal;
using charcount::test::OverTcp;
using charcount::test::Scripted;
using charcount::test::SlowNames;
using charcount::test::TestLoop;
using namespace std::chrono_literals;

template <class Names>
using ClientWith = Client<AsyncTransport<Names>>;

TEST_CASE("a name that is not resolved in time is an error, and its late answer is nothing") {
    Bound<OverTcp> server;
    server.listen();
    TestLoop loop;
    ClientWith<SlowNames> client(loop.context(),
                                 options_for(server.endpoint(), {.resolve_timeout = 100ms}));
    {
        SlowNames::Hold names;
        Outcome connected;
        client.async_connect(Keep(connected));
        check_takes(100ms, [&] { CHECK(loop.run_to_end()); });
        CHECK(connected.error == errc::resolve_timed_out);
        CHECK_FALSE(client.is_open());
        names.wait_for_questions();
    }
    SlowNames::Hold names;
    names.answer();
    Outcome again;
    do {
        client.async_connect(Keep(again));
        CHECK(loop.run_to_end());
    } while (again.error == errc::resolve_timed_out);
    CHECK_FALSE(again.error);
    CHECK(client.is_open());
}

TEST_CASE("a name that resolves in time is connected to") {
    Bound<OverTcp> server;
    server.listen();
    TestLoop loop;
    SlowNames::Hold names;
    ClientWith<SlowNames> client(loop.context(), options_for(server.endpoint()));
    Outcome connected;
    client.async_connect(Keep(connected));
    loop.turn();
    CHECK_FALSE(connected.is_done());
    names.answer();
    CHECK(loop.run_to_end());
    CHECK(connected.completions == 1);
    CHECK_FALSE(connected.error);
}

TEST_CASE_TEMPLATE("a connection that is not made in time is an error", Row, OverTcp, OverLocal) {
    const FullSocket<Row> server;
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(),
                                options_for(server.endpoint(), {.connect_timeout = 100ms}));
    Outcome connected;
    client.async_connect(Keep(connected));
    check_takes(100ms, [&] { CHECK(loop.run_to_end()); });
    CHECK(connected.error == errc::connect_timed_out);
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("a full backlog is waited for", Row, OverTcp, OverLocal) {
    FullSocket<Row> server;
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    Outcome connected;
    client.async_connect(Keep(connected));
    loop.turn();
    CHECK_FALSE(connected.is_done());
    server.make_room();
    CHECK(loop.run_to_end());
    CHECK(connected.completions == 1);
    CHECK_FALSE(connected.error);
}

TEST_CASE("every address gets its share of the time") {
    const FullSocket<OverTcp> full;
    const FullSocket<OverTcp> full_too;
    Bound<OverTcp> good;
    good.listen();
    TestLoop loop;
    ClientWith<ListedNames> client(loop.context(), ClientOptions{.connect_timeout = 300ms});
    Outcome connected;
    client.async_connect(Keep(connected));
    SUBCASE("a good address after one that does not answer") {
        ListedNames::addresses = {full.endpoint(), good.endpoint()};
        check_takes(150ms, [&] { CHECK(loop.run_to_end()); });
        CHECK_FALSE(connected.error);
        CHECK(client.remote_endpoint() == good.endpoint());
    }
    SUBCASE("a good address after one that refuses") {
        const Bound<OverTcp> nobody_listens;
        ListedNames::addresses = {nobody_listens.endpoint(), good.endpoint()};
        CHECK(loop.run_to_end());
        CHECK_FALSE(connected.error);
        CHECK(client.remote_endpoint() == good.endpoint());
    }
    SUBCASE("no good address") {
        ListedNames::addresses = {full.endpoint(), full_too.endpoint()};
        check_takes(300ms, [&] { CHECK(loop.run_to_end()); });
        CHECK(connected.error == errc::connect_timed_out);
        CHECK_FALSE(client.is_open());
    }
    SUBCASE("no address") {
        ListedNames::addresses = {};
        CHECK(loop.run_to_end());
        CHECK(connected.error);
    }
    CHECK(connected.completions == 1);
}

TEST_CASE_TEMPLATE("a server that never reads makes each way to send time out", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto&) {}});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(),
                                options_for(server.endpoint(), {.send_timeout = 100ms}));
    connect(loop, client);
    Outcome first;
    SUBCASE("send") {
        client.async_send(endless_text(), Keep(first));
    }
    SUBCASE("request") {
        client.async_request(endless_text(), Keep(first));
    }
    check_takes(100ms, [&] { CHECK(loop.run_until([&] { return first.is_done(); })); });
    CHECK(first.error == errc::send_timed_out);
    CHECK(client.is_open());
    Outcome finished;
    client.async_finish_sending(Keep(finished));
    check_takes(100ms, [&] { CHECK(loop.run_until([&] { return finished.is_done(); })); });
    CHECK(finished.error == errc::send_timed_out);
    CHECK(client.is_open());
}

TEST_CASE_TEMPLATE("what timed out while it was queued is not sent, and what was begun is", Row,
                   OverTcp, OverLocal) {
    Gate reads;
    std::vector<std::string> lines;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        while (true) {
            const std::string line = connection.read_line();
            if (charcount::test::is_end(line)) return;
            lines.push_back(line);
            connection.send(std::to_string(line.size()) + '\n');
        }
    }});
    ClientOptions options = options_for(server.endpoint(), {.send_timeout = 100ms});
    options.max_pending_output_bytes = 2 * endless_text().size();
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options);
    connect(loop, client);
    Outcome begun;
    Outcome queued;
    client.async_request(endless_text(), Keep(begun));
    loop.turn();
    client.async_request("queued", Keep(queued));
    CHECK(loop.run_until([&] { return begun.is_done() && queued.is_done(); }));
    CHECK(begun.error == errc::send_timed_out);
    CHECK(queued.error == errc::send_timed_out);
    reads.open();
    Outcome last;
    do {
        client.async_request("x", Keep(last));
        CHECK(loop.run_to_end());
    } while (last.error == errc::send_timed_out);
    CHECK(last.message == "1");
    client.close();
    server.finish();
    REQUIRE(lines.size() >= 2);
    CHECK((lines[0] == endless_text()));
    for (std::size_t i = 1; i < lines.size(); ++i) CHECK(lines[i] == "x");
}

TEST_CASE_TEMPLATE("a server that never answers makes each way to receive time out", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto&) {}});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(),
                                options_for(server.endpoint(), {.receive_timeout = 100ms}));
    connect(loop, client);
    Outcome outcome;
    SUBCASE("receive") {
        client.async_receive(Keep(outcome));
    }
    SUBCASE("request") {
        client.async_request("?", Keep(outcome));
    }
    check_takes(100ms, [&] { CHECK(loop.run_to_end()); });
    CHECK(outcome.error == errc::receive_timed_out);
    CHECK(outcome.completions == 1);
    CHECK(client.is_open());
}

TEST_CASE_TEMPLATE("a request in the middle times out, and the others get their own replies", Row,
                   OverTcp, OverLocal) {
    Gate answers;
    Scripted<Row> server({[&](auto& connection) {
        connection.send("to " + connection.read_line() + '\n');
        const std::string late = connection.read_line();
        answers.pass();
        connection.send("to " + late + '\n');
        connection.send("to " + connection.read_line() + '\n');
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(),
                                options_for(server.endpoint(), {.receive_timeout = 1s}));
    connect(loop, client);
    Outcome before;
    Outcome middle;
    Outcome after;
    client.async_request("before", Keep(before));
    client.async_request("middle", Keep(middle));
    CHECK(loop.run_until([&] { return before.is_done(); }));
    CHECK(before.message == "to before");
    CHECK(loop.run_until([&] { return middle.is_done(); }));
    CHECK(middle.error == errc::receive_timed_out);
    client.async_request("after", Keep(after));
    loop.turn();
    CHECK_FALSE(after.is_done());
    answers.open();
    CHECK(loop.run_to_end());
    CHECK(after.message == "to after");
    CHECK(middle.completions == 1);
}

TEST_CASE("progress does not renew the deadline of a message") {
    Scripted<OverTcp> server({[](auto& connection) { (void)connection.read_to_end(); }});
    TestLoop loop;
    Client<AsyncTransport<EndlessTcp>, EndlessFraming> client(
        loop.context(), options_for(server.endpoint(), {.receive_timeout = 100ms}));
    connect(loop, client);
    Outcome received;
    client.async_receive(Keep(received));
    check_takes(100ms, [&] { CHECK(loop.run_until([&] { return received.is_done(); })); });
    CHECK(received.error == errc::receive_timed_out);
    client.close();
    CHECK(loop.run_to_end());
}

TEST_CASE_TEMPLATE("the reply to a stream can be waited for again", Row, OverTcp, OverLocal) {
    Gate reply;
    Scripted<Row> server({[&](auto& connection) {
        const std::string text = connection.read_to_end();
        reply.pass();
        connection.send(std::to_string(text.size()));
        connection.close();
    }});
    TestLoop loop;
    AsyncClientOver<Row, UntilEofFraming> client(
        loop.context(), options_for(server.endpoint(), {.receive_timeout = 100ms}));
    connect(loop, client);
    Outcome request;
    client.async_request("stream", Keep(request));
    CHECK(loop.run_to_end());
    CHECK(request.error == errc::receive_timed_out);
    reply.open();
    Outcome again;
    do {
        client.async_receive(Keep(again));
        CHECK(loop.run_to_end());
    } while (again.error == errc::receive_timed_out);
    CHECK(again.message == "6");
}

TEST_CASE_TEMPLATE("a deadline of 0 is none", Row, OverTcp, OverLocal) {
    Gate answer;
    Scripted<Row> server({[&](auto& connection) {
        answer.pass();
        connection.send(std::to_string(connection.read_line().size()) + '\n');
        (void)connection.read_to_end();
        connection.close();
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(),
                                options_for(server.endpoint(), {.resolve_timeout = 0ms,
                                                                .connect_timeout = 0ms,
                                                                .send_timeout = 0ms,
                                                                .receive_timeout = 0ms}));
    connect(loop, client);
    Outcome reply;
    Outcome closed;
    client.async_request(endless_text(), Keep(reply));
    client.async_close(Keep(closed));
    loop.turn();
    CHECK_FALSE(reply.is_done());
    CHECK_FALSE(closed.is_done());
    answer.open();
    CHECK(loop.run_to_end());
    CHECK(reply.message == std::to_string(endless_text().size()));
    CHECK_FALSE(closed.error);
}

}  // namespace
