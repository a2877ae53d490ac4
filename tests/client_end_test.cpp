// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of how connections of the blocking Client end: cut off, reset, refused, half-closed.

#include <doctest/doctest.h>

#include <asio/error.hpp>
#include <charcount/char_count_handler.hpp>
#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <support/client_rows.hpp>
#include <support/events.hpp>
#include <support/test_server.hpp>
#include <system_error>

namespace {

using charcount::CharCountHandler;
using charcount::errc;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using charcount::test::BlockingClientOver;
using charcount::test::endless_text;
using charcount::test::Gate;
using charcount::test::options_for;
using charcount::test::OverLocal;
using charcount::test::OverTcp;
using charcount::test::RunningServer;
using charcount::test::Scripted;
using namespace std::chrono_literals;
using namespace std::string_literals;

// What a client receives from a server that sends these bytes and closes: messages in brackets,
// then how it ended.
template <class Row, class F>
std::string received_from(const std::string& bytes) {
    Scripted<Row> server({[&](auto& connection) {
        connection.send(bytes);
        connection.close();
    }});
    BlockingClientOver<Row, F> client(options_for(server.endpoint()));
    client.connect();
    std::string received;
    std::error_code error;
    while (true) {
        const std::string message = client.receive(error);
        if (error) break;
        received += '[' + message + ']';
    }
    CHECK_FALSE(client.is_open());
    if (error == errc::connection_closed) return received + " closed";
    if (error == errc::message_truncated) return received + " truncated";
    if (error == errc::not_connected) return received + " closed after it";
    return received + ' ' + error.message();
}

TEST_CASE_TEMPLATE("the end of the connection is told from the end within a message", Row, OverTcp,
                   OverLocal) {
    CHECK(received_from<Row, LineFraming>("") == " closed");
    CHECK(received_from<Row, LineFraming>("a\n\r\n\n") == "[a][][] closed");
    CHECK(received_from<Row, LineFraming>("a\nb") == "[a] truncated");
    CHECK(received_from<Row, LineFraming>("a\n\r") == "[a] truncated");
    CHECK(received_from<Row, LengthFraming>("") == " closed");
    CHECK(received_from<Row, LengthFraming>("\0\0\0\2ab"s) == "[ab] closed");
    CHECK(received_from<Row, LengthFraming>("\0\0\0\2ab\0"s) == "[ab] truncated");
    CHECK(received_from<Row, LengthFraming>("\0\0\0\2a"s) == " truncated");
    CHECK(received_from<Row, RawFraming>("") == " closed");
    CHECK(received_from<Row, RawFraming>("ab") == "[ab] closed");
    CHECK(received_from<Row, RawFraming>("\xC3") == "[\xC3] closed after it");
    CHECK(received_from<Row, UntilEofFraming>("") == "[] closed after it");
    CHECK(received_from<Row, UntilEofFraming>("ab\n") == "[ab\n] closed after it");
}

TEST_CASE_TEMPLATE("a request is told how the connection ended", Row, OverTcp, OverLocal) {
    const auto request_to = [](std::string_view reply) {
        Scripted<Row> server({[&](auto& connection) {
            (void)connection.read_line();
            connection.send(reply);
            connection.close();
        }});
        BlockingClientOver<Row> client(options_for(server.endpoint()));
        client.connect();
        std::error_code error;
        CHECK(client.request("?", error).empty());
        CHECK_FALSE(client.is_open());
        return error;
    };
    CHECK(request_to("") == errc::connection_closed);
    CHECK(request_to("begin") == errc::message_truncated);
}

TEST_CASE("a reset is the system's error") {
    Scripted<OverTcp> server({[](auto& connection) {
        (void)connection.read_line();
        connection.reset();
    }});
    BlockingClientOver<OverTcp> client(options_for(server.endpoint()));
    client.connect();
    std::error_code error;
    CHECK(client.request("?", error).empty());
    CHECK(error == asio::error::connection_reset);
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
    BlockingClientOver<Row> client(options_for(server.endpoint()));
    std::error_code error;
    client.connect();
    SUBCASE("by request") {
        CHECK(client.request(endless_text(), error) == "error: too much");
        CHECK_FALSE(error);
    }
    SUBCASE("by send and receive") {
        client.send(endless_text(), error);
        CHECK(error);
        CHECK(client.receive(error) == "error: too much");
        CHECK_FALSE(error);
    }
    CHECK_FALSE(client.is_open());
    client.send("x", error);
    CHECK(error == errc::not_connected);
    client.connect();
    CHECK(client.request(endless_text()) == "error: too much");
}

TEST_CASE_TEMPLATE("a server that says nothing of a message it refused is the system's error", Row,
                   OverTcp, OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        (void)connection.read(1);
        connection.close();
    }});
    BlockingClientOver<Row> client(options_for(server.endpoint()));
    client.connect();
    std::error_code error;
    CHECK(client.request(endless_text(), error).empty());
    const bool is_telling =
        error == asio::error::broken_pipe || error == asio::error::connection_reset;
    CHECK_MESSAGE(is_telling, error.message());
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("the real server's word on a message that is too long is the reply", Row,
                   OverTcp, OverLocal) {
    RunningServer<typename Row::Server, CharCountHandler> server({.max_message_bytes = 1000});
    BlockingClientOver<Row> client(options_for(server->local_endpoint()));
    client.connect();
    CHECK(client.request(std::string(1000, 'x')) == "1000");
    CHECK(client.request(endless_text()) == "error: message longer than 1000 bytes");
    client.close();
    client.connect();
    CHECK(client.request("Halo") == "4");
}

TEST_CASE_TEMPLATE("a broken connection may be replaced without being closed", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({
        [](auto& connection) { connection.close(); },
        [](auto& connection) {
            (void)connection.read_line();
            connection.send("reply\n");
        },
    });
    BlockingClientOver<Row> client(options_for(server.endpoint()));
    client.connect();
    std::error_code error;
    while (!error) client.send(endless_text(), error);
    client.connect();
    CHECK(client.request("?") == "reply");
}

TEST_CASE_TEMPLATE("after the half-close nothing is sent, and replies are received", Row, OverTcp,
                   OverLocal) {
    RunningServer<typename Row::Server, CharCountHandler> server;
    BlockingClientOver<Row> client(options_for(server->local_endpoint()));
    client.connect();
    client.send("Halo");
    client.finish_sending();
    client.finish_sending();
    std::error_code error;
    client.send("x", error);
    CHECK(error == asio::error::shut_down);
    CHECK(client.request("x", error).empty());
    CHECK(error == asio::error::shut_down);
    CHECK(client.receive() == "4");
}

TEST_CASE_TEMPLATE("the reply to a stream can be waited for again", Row, OverTcp, OverLocal) {
    Gate reply;
    Scripted<Row> server({[&](auto& connection) {
        const std::string text = connection.read_to_end();
        reply.pass();
        connection.send(std::to_string(text.size()));
        connection.close();
    }});
    BlockingClientOver<Row, UntilEofFraming> client(
        options_for(server.endpoint(), {.receive_timeout = 50ms}));
    client.connect();
    std::error_code error;
    CHECK(client.request("stream", error).empty());
    CHECK(error == errc::receive_timed_out);
    CHECK(client.request("another", error).empty());
    CHECK(error == asio::error::shut_down);
    reply.open();
    std::string received = client.receive(error);
    while (error == errc::receive_timed_out) received = client.receive(error);
    CHECK(received == "6");
}

}  // namespace
