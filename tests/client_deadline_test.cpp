// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the blocking Client's deadlines: on each step, and what the next call finds.

#include <doctest/doctest.h>

#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <string>
#include <support/client_rows.hpp>
#include <support/endless_tcp.hpp>
#include <support/events.hpp>
#include <support/fake_names.hpp>
#include <support/splits.hpp>
#include <support/timing.hpp>
#include <system_error>
#include <thread>

namespace {

using charcount::BlockingTransport;
using charcount::Client;
using charcount::ClientOptions;
using charcount::errc;
using charcount::LengthFraming;
using charcount::UntilEofFraming;
using charcount::test::BlockingClientOver;
using charcount::test::Bound;
using charcount::test::check_takes;
using charcount::test::endless_text;
using charcount::test::EndlessFraming;
using charcount::test::EndlessTcp;
using charcount::test::FullSocket;
using charcount::test::Gate;
using charcount::test::ListedNames;
using charcount::test::options_for;
using charcount::test::OverLocal;
using charcount::test::OverTcp;
using charcount::test::Scripted;
using charcount::test::SlowNames;
using charcount::test::text_of;
using charcount::test::what;
using namespace std::chrono_literals;

template <class Names>
using ClientWith = Client<BlockingTransport<Names>>;

// Takes the error of a call that must fail.
template <class Call>
std::error_code error_of(Call call) {
    std::error_code error;
    call(error);
    return error;
}

// Answers each line with its size, to the end of the stream.
template <class Connection>
void answer_lines(Connection& connection) {
    while (true) {
        const std::string line = connection.read_line();
        if (charcount::test::is_end(line)) return;
        connection.send(std::to_string(line.size()) + " bytes\n");
    }
}

TEST_CASE("a name that is not resolved in time is an error, and its late answer is nothing") {
    Bound<OverTcp> server;
    server.listen();
    ClientWith<SlowNames> client(options_for(server.endpoint(), {.resolve_timeout = 100ms}));
    {
        SlowNames::Hold names;
        check_takes(100ms, [&] {
            CHECK(error_of([&](auto& error) { client.connect(error); }) == errc::resolve_timed_out);
        });
        CHECK(what([&] { client.connect(); }) ==
              "resolve " + server.name() + ": " + text_of(errc::resolve_timed_out));
        names.wait_for_questions(2);
        CHECK_FALSE(client.is_open());
    }
    SlowNames::Hold names;
    names.answer();
    std::error_code error = errc::resolve_timed_out;
    while (error == errc::resolve_timed_out) client.connect(error);
    CHECK_FALSE(error);
    CHECK(client.is_open());
    names.wait_for_questions();
}

TEST_CASE_TEMPLATE("a connection that is not made in time is an error", Row, OverTcp, OverLocal) {
    const FullSocket<Row> server;
    BlockingClientOver<Row> client(options_for(server.endpoint(), {.connect_timeout = 100ms}));
    check_takes(100ms, [&] {
        CHECK(error_of([&](auto& error) { client.connect(error); }) == errc::connect_timed_out);
    });
    CHECK(what([&] { client.connect(); }) ==
          "connect to " + server.name() + ": " + text_of(errc::connect_timed_out));
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("a full backlog is waited for", Row, OverTcp, OverLocal) {
    FullSocket<Row> server;
    BlockingClientOver<Row> client(options_for(server.endpoint()));
    std::error_code error = errc::not_connected;
    std::thread connecting([&] { client.connect(error); });
    server.make_room();
    connecting.join();
    CHECK_FALSE(error);
    CHECK(client.is_open());
}

TEST_CASE("every address gets its share of the time") {
    const FullSocket<OverTcp> full;
    const FullSocket<OverTcp> full_too;
    Bound<OverTcp> good;
    good.listen();
    ClientWith<ListedNames> client(ClientOptions{.connect_timeout = 300ms});
    SUBCASE("a good address after one that does not answer") {
        ListedNames::addresses = {full.endpoint(), good.endpoint()};
        check_takes(150ms, [&] { client.connect(); });
        CHECK(client.remote_endpoint() == good.endpoint());
    }
    SUBCASE("a good address after one that refuses") {
        const Bound<OverTcp> nobody_listens;
        ListedNames::addresses = {nobody_listens.endpoint(), good.endpoint()};
        client.connect();
        CHECK(client.remote_endpoint() == good.endpoint());
    }
    SUBCASE("no good address") {
        ListedNames::addresses = {full.endpoint(), full_too.endpoint()};
        check_takes(300ms, [&] {
            CHECK(error_of([&](auto& error) { client.connect(error); }) == errc::connect_timed_out);
        });
        CHECK_FALSE(client.is_open());
    }
}

TEST_CASE("a name without an address is an error") {
    ListedNames::addresses = {};
    ClientWith<ListedNames> client{ClientOptions()};
    CHECK(error_of([&](auto& error) { client.connect(error); }));
    CHECK_FALSE(client.is_open());
}

TEST_CASE_TEMPLATE("a server that never reads makes each way to send time out", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto&) {}});
    const ClientOptions options = options_for(server.endpoint(), {.send_timeout = 100ms});
    std::error_code error;
    SUBCASE("send") {
        BlockingClientOver<Row> client(options);
        client.connect();
        check_takes(100ms, [&] { client.send(endless_text(), error); });
        CHECK(what([&] { client.send("x"); }) ==
              "send to " + server.name() + ": " + text_of(errc::send_timed_out));
        CHECK(client.is_open());
    }
    SUBCASE("request") {
        BlockingClientOver<Row> client(options);
        client.connect();
        check_takes(100ms, [&] { CHECK(client.request(endless_text(), error).empty()); });
        CHECK(what([&] { (void)client.request("x"); }) ==
              "request to " + server.name() + ": " + text_of(errc::send_timed_out));
        CHECK(client.is_open());
    }
    SUBCASE("finish_sending") {
        BlockingClientOver<Row, UntilEofFraming> client(options);
        client.connect();
        client.send(endless_text(), error);
        CHECK(error == errc::send_timed_out);
        check_takes(100ms, [&] { client.finish_sending(error); });
    }
    CHECK(error == errc::send_timed_out);
}

TEST_CASE("progress does not renew the deadline of a message") {
    Scripted<OverTcp> server({[](auto& connection) { (void)connection.read_to_end(); }});
    Client<BlockingTransport<EndlessTcp>, EndlessFraming> client(
        options_for(server.endpoint(), {.send_timeout = 100ms, .receive_timeout = 100ms}));
    client.connect();
    std::error_code error;
    SUBCASE("that is sent") {
        check_takes(100ms, [&] { client.send(endless_text(), error); });
        CHECK(error == errc::send_timed_out);
    }
    SUBCASE("that is received") {
        check_takes(100ms, [&] { CHECK(client.receive(error).empty()); });
        CHECK(error == errc::receive_timed_out);
    }
    SUBCASE("that is received while another is sent") {
        client.send(endless_text(), error);
        check_takes(100ms, [&] { CHECK(client.receive(error).empty()); });
        CHECK(error == errc::receive_timed_out);
    }
    client.close();
    server.finish();
}

TEST_CASE_TEMPLATE("what a send left unsent goes out first, and its reply is no other's", Row,
                   OverTcp, OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        answer_lines(connection);
    }});
    const std::string text = endless_text();
    ClientOptions options = options_for(server.endpoint(), {.send_timeout = 100ms});
    std::error_code error;
    SUBCASE("after a request") {
        BlockingClientOver<Row> client(options);
        client.connect();
        CHECK(client.request(text, error).empty());
        CHECK(error == errc::send_timed_out);
        reads.open();
        std::string reply;
        do {
            reply = client.request("Halo", error);
        } while (error == errc::send_timed_out);
        CHECK(reply == "4 bytes");
    }
    SUBCASE("after a message that is received with") {
        BlockingClientOver<Row> client(options);
        client.connect();
        client.send(text, error);
        CHECK(error == errc::send_timed_out);
        reads.open();
        CHECK(client.receive() == std::to_string(text.size()) + " bytes");
    }
}

TEST_CASE_TEMPLATE("a message is not begun before the one before it is out", Row, OverTcp,
                   OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        answer_lines(connection);
    }});
    BlockingClientOver<Row> client(options_for(server.endpoint(), {.send_timeout = 50ms}));
    client.connect();
    const std::string text = endless_text();
    std::error_code error;
    for (int i = 0; i < 4; ++i) {
        client.send(text, error);
        CHECK(error == errc::send_timed_out);
    }
    CHECK(client.request("not begun either", error).empty());
    CHECK(error == errc::send_timed_out);
    reads.open();
    do {
        client.send("last", error);
    } while (error == errc::send_timed_out);
    CHECK(client.receive() == std::to_string(text.size()) + " bytes");
    CHECK(client.receive() == "4 bytes");
}

TEST_CASE_TEMPLATE("a server that never answers makes each way to receive time out", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto&) {}});
    const ClientOptions options = options_for(server.endpoint(), {.receive_timeout = 100ms});
    BlockingClientOver<Row> client(options);
    client.connect();
    std::error_code error;
    SUBCASE("receive") {
        check_takes(100ms, [&] { CHECK(client.receive(error).empty()); });
        CHECK(what([&] { (void)client.receive(); }) ==
              "receive from " + server.name() + ": " + text_of(errc::receive_timed_out));
    }
    SUBCASE("request") {
        check_takes(100ms, [&] { CHECK(client.request("?", error).empty()); });
        CHECK(what([&] { (void)client.request("?"); }) ==
              "request to " + server.name() + ": " + text_of(errc::receive_timed_out));
    }
    CHECK(error == errc::receive_timed_out);
    CHECK(client.is_open());
}

TEST_CASE_TEMPLATE("a reply that comes late is not given to the next request", Row, OverTcp,
                   OverLocal) {
    Gate replies;
    Scripted<Row> server({[&](auto& connection) {
        std::string answers;
        for (int i = 0; i < 3; ++i) answers += "late reply to " + connection.read_line() + '\n';
        replies.pass();
        connection.send(answers);
        answer_lines(connection);
    }});
    BlockingClientOver<Row> client(options_for(server.endpoint(), {.receive_timeout = 50ms}));
    client.connect();
    std::error_code error;
    for (const auto* const message : {"one", "two", "three"}) {
        CHECK(client.request(message, error).empty());
        CHECK(error == errc::receive_timed_out);
    }
    replies.open();
    std::string text;
    std::string reply;
    do {
        text += 'x';
        reply = client.request(text, error);
    } while (error == errc::receive_timed_out);
    CHECK(reply == std::to_string(text.size()) + " bytes");
}

TEST_CASE_TEMPLATE("a reply whose beginning came in time is not lost", Row, OverTcp, OverLocal) {
    Gate rest;
    Scripted<Row> server({[&](auto& connection) {
        connection.send("begin");
        rest.pass();
        connection.send("ning and end\nnext\n");
    }});
    BlockingClientOver<Row> client(options_for(server.endpoint(), {.receive_timeout = 50ms}));
    client.connect();
    std::error_code error;
    CHECK(client.receive(error).empty());
    CHECK(error == errc::receive_timed_out);
    rest.open();
    std::string message = client.receive(error);
    while (error == errc::receive_timed_out) message = client.receive(error);
    CHECK(message == "beginning and end");
    CHECK(client.receive() == "next");
}

TEST_CASE_TEMPLATE("a reply that comes byte by byte within the deadline is whole", Row, OverTcp,
                   OverLocal) {
    const auto in_pieces = [](std::string bytes) {
        return [bytes](auto& connection) {
            (void)connection.read(1);
            for (const std::string& byte : charcount::test::byte_by_byte(bytes))
                connection.send_and_arrive(byte);
            connection.close();
        };
    };
    SUBCASE("a line") {
        Scripted<Row> server(
            {in_pieces("Gr\xC3\xBC\xC3\x9F"
                       "e\r\n")});
        BlockingClientOver<Row> client(options_for(server.endpoint()));
        client.connect();
        CHECK(client.request("?") == "Grüße");
    }
    SUBCASE("an announced length") {
        using namespace std::string_literals;
        Scripted<Row> server({in_pieces("\0\0\0\3abc\0\0\0\0"s)});
        BlockingClientOver<Row, LengthFraming> client(options_for(server.endpoint()));
        client.connect();
        client.send("");
        CHECK(client.receive() == "abc");
        CHECK(client.receive().empty());
    }
    SUBCASE("until the end") {
        Scripted<Row> server({in_pieces("12")});
        BlockingClientOver<Row, UntilEofFraming> client(options_for(server.endpoint()));
        client.connect();
        CHECK(client.request("?") == "12");
    }
}

TEST_CASE_TEMPLATE("a deadline of 0 is none", Row, OverTcp, OverLocal) {
    Gate answer;
    Scripted<Row> server({[&](auto& connection) {
        answer.pass();
        connection.send(std::to_string(connection.read_line().size()) + '\n');
    }});
    BlockingClientOver<Row> client(options_for(server.endpoint(), {.resolve_timeout = 0ms,
                                                                   .connect_timeout = 0ms,
                                                                   .send_timeout = 0ms,
                                                                   .receive_timeout = 0ms}));
    client.connect();
    std::string reply;
    std::thread asking([&] { reply = client.request(endless_text()); });
    answer.open();
    asking.join();
    CHECK(reply == std::to_string(endless_text().size()));
}

}  // namespace
