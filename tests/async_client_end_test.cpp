// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of how connections of the asynchronous Client end: closed, destroyed, cut off, refused.

#include <doctest/doctest.h>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/async.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <support/async_calls.hpp>
#include <support/client_rows.hpp>
#include <support/events.hpp>
#include <support/fake_names.hpp>
#include <support/timing.hpp>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using asio::use_awaitable;
using charcount::AsyncTransport;
using charcount::Client;
using charcount::ClientOptions;
using charcount::errc;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using charcount::test::AsyncClientOver;
using charcount::test::Bound;
using charcount::test::check_takes;
using charcount::test::connect;
using charcount::test::endless_text;
using charcount::test::FullSocket;
using charcount::test::Gate;
using charcount::test::Keep;
using charcount::test::options_for;
using charcount::test::Outcome;
using charcount::test::OverLocal;
using charcount::test::OverTcp;
using charcount::test::Scripted;
using charcount::test::SlowNames;
using charcount::test::TestLoop;
using namespace std::chrono_literals;
using namespace std::string_literals;

const std::error_code aborted = asio::error::operation_aborted;

ClientOptions with_room(ClientOptions options) {
    options.max_pending_output_bytes = 2 * endless_text().size();
    return options;
}

// A client with a call at every stage, of a server that neither reads nor answers.
template <class Row>
struct Busy {
    Scripted<Row> server{{[](auto&) {}}};
    TestLoop loop;
    std::optional<AsyncClientOver<Row>> client{std::in_place, loop.context(),
                                               with_room(options_for(server.endpoint()))};
    std::vector<Outcome> calls = std::vector<Outcome>(8);

    Busy() {
        connect(loop, *client);
        client->async_request("waits for its reply", Keep(calls[0]));
        client->async_receive(Keep(calls[1]));
        loop.turn();
        client->async_request(endless_text(), Keep(calls[2]));
        loop.turn();
        client->async_request("queued", Keep(calls[3]));
        client->async_send("queued", Keep(calls[4]));
        client->async_finish_sending(Keep(calls[5]));
        client->async_close(Keep(calls[6]));
        loop.turn();
        client->async_receive(Keep(calls[7]));  // not seen by the loop yet
    }

    void check_all_aborted() {
        CHECK(loop.run_to_end());
        for (std::size_t i = 0; i < calls.size(); ++i) {
            CAPTURE(i);
            CHECK(calls[i].completions == 1);
            CHECK(calls[i].error == aborted);
        }
    }
};

TEST_CASE_TEMPLATE("closing at once ends every call", Row, OverTcp, OverLocal) {
    Busy<Row> busy;
    busy.client->close();
    CHECK_FALSE(busy.client->is_open());
    busy.client->close();
    busy.check_all_aborted();
}

TEST_CASE_TEMPLATE("destroying the client ends every call", Row, OverTcp, OverLocal) {
    Busy<Row> busy;
    SUBCASE("while the loop is not run") {
        busy.client.reset();
    }
    SUBCASE("on the loop") {
        asio::post(busy.loop.context(), [&] { busy.client.reset(); });
    }
    busy.check_all_aborted();
}

TEST_CASE_TEMPLATE("a client may be destroyed by a handler of its own", Row, OverTcp, OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        (void)connection.read_line();
        connection.send("reply\nand more\n");
    }});
    TestLoop loop;
    auto client =
        std::make_unique<AsyncClientOver<Row>>(loop.context(), options_for(server.endpoint()));
    connect(loop, *client);
    Outcome other;
    std::string reply;
    client->async_request("?", [&](std::error_code, std::string text) {
        client.reset();
        reply = std::move(text);
    });
    client->async_request("never answered", Keep(other));
    CHECK(loop.run_to_end());
    CHECK(reply == "reply");
    CHECK(other.completions == 1);
}

TEST_CASE_TEMPLATE("closing ends the connecting", Row, OverTcp, OverLocal) {
    const FullSocket<Row> server;
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    Outcome connected;
    client.async_connect(Keep(connected));
    SUBCASE("before the loop has seen it") {}
    SUBCASE("while it connects") {
        loop.turn();
    }
    client.close();
    CHECK(loop.run_to_end());
    CHECK(connected.completions == 1);
    CHECK(connected.error == aborted);
}

TEST_CASE("destroying the client ends the resolving") {
    SlowNames::Hold names;
    TestLoop loop;
    Outcome connected;
    {
        Client<AsyncTransport<SlowNames>> client(loop.context());
        client.async_connect(Keep(connected));
        loop.turn();
        names.wait_for_questions();
    }
    CHECK(loop.run_to_end());
    CHECK(connected.error == aborted);
}

TEST_CASE_TEMPLATE("a call begun before the close is not one of the next connection", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({
        [](auto&) {},
        [](auto& connection) { connection.send("to " + connection.read_line() + '\n'); },
    });
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Outcome old;
    Outcome connected;
    Outcome fresh;
    client.async_request("old", Keep(old));
    client.close();
    client.async_connect(Keep(connected));
    CHECK(loop.run_to_end());
    CHECK_FALSE(connected.error);
    CHECK(old.error == aborted);
    client.async_request("new", Keep(fresh));
    CHECK(loop.run_to_end());
    CHECK(fresh.message == "to new");
}

TEST_CASE("a loop that is destroyed takes along what waits on it") {
    Scripted<OverTcp> server({[](auto&) {}});
    const auto alive = std::make_shared<int>();
    {
        asio::io_context context;
        const auto wait = [](asio::io_context& on, ClientOptions options,
                             std::shared_ptr<int>) -> asio::awaitable<void> {
            Client<charcount::AsyncTcp> client(on, std::move(options));
            co_await client.async_connect(use_awaitable);
            (void)co_await client.async_request("never answered", use_awaitable);
        };
        asio::co_spawn(context, wait(context, options_for(server.endpoint()), alive),
                       asio::detached);
        context.run_for(50ms);
        CHECK(alive.use_count() > 1);
    }
    CHECK(alive.use_count() == 1);
}

TEST_CASE_TEMPLATE("the loop ends when nothing is under way, though the client is connected", Row,
                   OverTcp, OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        for (int i = 0; i < 2; ++i) connection.send("to " + connection.read_line() + '\n');
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    CHECK(loop.run_to_end());
    for (const auto* const message : {"one", "two"}) {
        Outcome reply;
        client.async_request(message, Keep(reply));
        CHECK(loop.run_to_end());
        CHECK(reply.message == "to "s + message);
        CHECK(client.is_open());
    }
}

TEST_CASE_TEMPLATE("an orderly close sends what is queued and gets what was asked", Row, OverTcp,
                   OverLocal) {
    Gate reads;
    std::size_t received = 0;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        const std::string all = connection.read_to_end();
        received = all.size();
        connection.send("reply\nreceived\nnobody wants this\n");
        connection.close();
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), with_room(options_for(server.endpoint())));
    connect(loop, client);
    const std::string text = endless_text();
    Outcome sent;
    Outcome request;
    Outcome receiving;
    Outcome closed;
    Outcome late;
    client.async_send(text, Keep(sent));
    client.async_request("?", Keep(request));
    client.async_receive(Keep(receiving));
    client.async_close(Keep(closed));
    client.async_request("too late", Keep(late));
    loop.turn();
    CHECK(late.error == asio::error::shut_down);
    CHECK_FALSE(closed.is_done());
    reads.open();
    CHECK(loop.run_to_end());
    server.finish();
    CHECK_FALSE(sent.error);
    CHECK(request.message == "reply");
    CHECK(receiving.message == "received");
    CHECK_FALSE(closed.error);
    CHECK(received == text.size() + 3);
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("an orderly close waits for the server's end, but not for ever", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto& connection) { (void)connection.read_to_end(); }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(),
                                options_for(server.endpoint(), {.receive_timeout = 100ms}));
    connect(loop, client);
    Outcome closed;
    client.async_close(Keep(closed));
    check_takes(100ms, [&] { CHECK(loop.run_to_end()); });
    CHECK(closed.error == errc::receive_timed_out);
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("an orderly close of a server that does not read closes at its deadline", Row,
                   OverTcp, OverLocal) {
    Scripted<Row> server({[](auto&) {}});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(),
                                options_for(server.endpoint(), {.send_timeout = 100ms}));
    connect(loop, client);
    Outcome sent;
    Outcome closed;
    client.async_send(endless_text(), Keep(sent));
    client.async_close(Keep(closed));
    check_takes(100ms, [&] { CHECK(loop.run_to_end()); });
    CHECK(sent.error == errc::send_timed_out);
    CHECK(closed.error == errc::send_timed_out);
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("a client may be closed twice at once, and after a half-close", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        (void)connection.read_to_end();
        connection.close();
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    std::vector<Outcome> calls(4);
    client.async_finish_sending(Keep(calls[0]));
    client.async_close(Keep(calls[1]));
    client.async_close(Keep(calls[2]));
    loop.turn();
    client.async_close(Keep(calls[3]));
    CHECK(loop.run_to_end());
    for (std::size_t i = 0; i < calls.size(); ++i) {
        CAPTURE(i);
        CHECK(calls[i].completions == 1);
    }
    CHECK_FALSE(calls[1].error);
    CHECK_FALSE(calls[2].error);
    CHECK_FALSE(client.is_open());
}

// What a client receives from a server that sends these bytes and closes: messages in brackets,
// then how it ended.
template <class Row, class F>
std::string received_from(const std::string& bytes) {
    Scripted<Row> server({[&](auto& connection) {
        connection.send(bytes);
        connection.close();
    }});
    TestLoop loop;
    AsyncClientOver<Row, F> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    std::vector<Outcome> calls(5);
    for (Outcome& call : calls) client.async_receive(Keep(call));
    CHECK(loop.run_to_end());
    CHECK_FALSE(client.is_open());
    std::string received;
    std::size_t count = 0;
    while (!calls[count].error) received += '[' + calls[count++].message + ']';
    for (std::size_t i = count; i < calls.size(); ++i) CHECK(calls[i].error == calls[count].error);
    if (calls[count].error == errc::connection_closed) return received + " closed";
    if (calls[count].error == errc::message_truncated) return received + " truncated";
    return received + ' ' + calls[count].error.message();
}

TEST_CASE_TEMPLATE("the end of the connection is told from the end within a message", Row, OverTcp,
                   OverLocal) {
    CHECK(received_from<Row, LineFraming>("") == " closed");
    CHECK(received_from<Row, LineFraming>("a\n\r\n\n") == "[a][][] closed");
    CHECK(received_from<Row, LineFraming>("a\nb") == "[a] truncated");
    CHECK(received_from<Row, LengthFraming>("\0\0\0\2ab"s) == "[ab] closed");
    CHECK(received_from<Row, LengthFraming>("\0\0\0\2ab\0"s) == "[ab] truncated");
    CHECK(received_from<Row, LengthFraming>("\xFF\xFF\xFF\xFF") ==
          " " + charcount::test::text_of(errc::message_too_long));
    CHECK(received_from<Row, RawFraming>("ab") == "[ab] closed");
    CHECK(received_from<Row, RawFraming>("\xC3") == "[\xC3] closed");
    CHECK(received_from<Row, UntilEofFraming>("") == "[] closed");
    CHECK(received_from<Row, UntilEofFraming>("ab\n") == "[ab\n] closed");
}

TEST_CASE_TEMPLATE("a connection that ends ends every call on it, and can be made anew", Row,
                   OverTcp, OverLocal) {
    Scripted<Row> server({
        [](auto& connection) {
            (void)connection.read_line();
            (void)connection.read_line();
            connection.send("reply\npart");
            connection.close();
        },
        [](auto& connection) {
            (void)connection.read_line();
            connection.send("again\n");
        },
    });
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    std::vector<Outcome> calls(4);
    client.async_request("a", Keep(calls[0]));
    client.async_request("b", Keep(calls[1]));
    client.async_receive(Keep(calls[2]));
    CHECK(loop.run_to_end());
    CHECK(calls[0].message == "reply");
    CHECK(calls[1].error == errc::message_truncated);
    CHECK(calls[2].error == errc::message_truncated);
    client.async_request("not connected", Keep(calls[3]));
    CHECK(loop.run_to_end());
    CHECK(calls[3].error == errc::not_connected);
    connect(loop, client);
    Outcome again;
    client.async_request("?", Keep(again));
    CHECK(loop.run_to_end());
    CHECK(again.message == "again");
}

TEST_CASE("a reset is the system's error") {
    Scripted<OverTcp> server({[](auto& connection) {
        (void)connection.read_line();
        connection.reset();
    }});
    TestLoop loop;
    AsyncClientOver<OverTcp> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Outcome reply;
    client.async_request("?", Keep(reply));
    CHECK(loop.run_to_end());
    CHECK(reply.error == asio::error::connection_reset);
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("a refused message is answered though not all of it was sent", Row, OverTcp,
                   OverLocal) {
    const auto refuse = [](auto& connection) {
        (void)connection.read(1);
        connection.send("error: too much\n");
        connection.close();
    };
    Scripted<Row> server({refuse, refuse});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), with_room(options_for(server.endpoint())));
    for (int i = 0; i < 2; ++i) {  // and then it can be connected anew
        connect(loop, client);
        Outcome refused;
        Outcome queued;
        client.async_request(endless_text(), Keep(refused));
        loop.turn();
        client.async_request("queued", Keep(queued));
        CHECK(loop.run_to_end());
        CHECK(refused.message == "error: too much");
        CHECK_FALSE(refused.error);
        CHECK(queued.completions == 1);
        CHECK(queued.error);
        CHECK_FALSE(client.is_open());
        Outcome after;
        client.async_send("x", Keep(after));
        CHECK(loop.run_to_end());
        CHECK(after.error == errc::not_connected);
        Outcome closed;
        client.async_close(Keep(closed));
        CHECK(loop.run_to_end());
        CHECK(closed.completions == 1);
        CHECK_FALSE(client.is_open());
    }
}

TEST_CASE_TEMPLATE("a message that could not be sent and that nobody explains is an error", Row,
                   OverTcp, OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        (void)connection.read(1);
        connection.close();
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Outcome call;
    SUBCASE("send") {
        client.async_send(endless_text(), Keep(call));
    }
    SUBCASE("request") {
        client.async_request(endless_text(), Keep(call));
    }
    CHECK(loop.run_to_end());
    CHECK(call.completions == 1);
    CHECK(call.error);
    CHECK_FALSE(client.is_open());
}

}  // namespace
