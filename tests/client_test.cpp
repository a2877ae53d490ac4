// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the blocking Client: against the real server, over every framing; what its errors say.

#include <doctest/doctest.h>

#include <asio/error.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>
#include <asio/ip/tcp.hpp>
#include <charcount/char_count_handler.hpp>
#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <support/client_rows.hpp>
#include <support/counting_servers.hpp>
#include <support/hooked_handler.hpp>
#include <support/scripted_server.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <type_traits>

namespace {

using charcount::BlockingTcp;
using charcount::CharCountHandler;
using charcount::Client;
using charcount::ClientOptions;
using charcount::errc;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::Peer;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using charcount::test::BlockingClientOver;
using charcount::test::Bound;
using charcount::test::BoundSocket;
using charcount::test::HookedHandler;
using charcount::test::Hooks;
using charcount::test::options_for;
using charcount::test::OverLocal;
using charcount::test::OverTcp;
using charcount::test::RunningServer;
using charcount::test::Scripted;
using charcount::test::text_of;
using charcount::test::what;
using namespace std::chrono_literals;
using namespace std::string_literals;

template <class Row, class H, class F>
class Pair {
public:
    explicit Pair(H handler = H(), ClientOptions options = {})
        : server_({}, std::move(handler)),
          client_(options_for(server_->local_endpoint(), std::move(options))) {
        client_.connect();
    }

    BlockingClientOver<Row, F>* operator->() { return &client_; }

private:
    RunningServer<typename Row::Server, H, F> server_;
    BlockingClientOver<Row, F> client_;
};

template <class Row, class F>
using Counting = Pair<Row, CharCountHandler, F>;
template <class Row, class F>
using Echoing = Pair<Row, HookedHandler, F>;

TEST_CASE_TEMPLATE("requests are answered, one after the other", Row, OverTcp, OverLocal) {
    SUBCASE("lines") {
        Counting<Row, LineFraming> client;
        CHECK(client->request("Halo dunia") == "10");
        CHECK(client->request("") == "0");
        CHECK(client->request("👨‍👩‍👧‍👦") == "7");
        CHECK(client->request("ab\xFF") == "error: invalid UTF-8 at byte 2");
        CHECK(client->request("Grüße") == "5");
    }
    SUBCASE("announced lengths") {
        Counting<Row, LengthFraming> client;
        CHECK(client->request("two\nlines") == "9");
        CHECK(client->request("") == "0");
        CHECK(client->request("\0\0\0"s) == "3");
    }
    SUBCASE("raw") {
        Counting<Row, RawFraming> client;
        CHECK(client->request("Halo dunia") == "10");
        CHECK(client->request("Grüße") == "5");
    }
    SUBCASE("until the end") {
        Counting<Row, UntilEofFraming> client;
        CHECK(client->request("two\nlines") == "9");
        CHECK_FALSE(client->is_open());
    }
}

TEST_CASE_TEMPLATE("a message may be sent and its reply received apart", Row, OverTcp, OverLocal) {
    Counting<Row, LineFraming> client;
    client->send("one");
    client->send("three");
    CHECK(client->receive() == "3");
    CHECK(client->request("after") == "5");
}

TEST_CASE_TEMPLATE("replies arrive in the order of the messages, the rest after the half-close",
                   Row, OverTcp, OverLocal) {
    Counting<Row, LineFraming> client;
    for (const auto* const message : {"a", "bb", "ccc"}) client->send(message);
    client->finish_sending();
    CHECK(client->receive() == "1");
    CHECK(client->receive() == "2");
    CHECK(client->receive() == "3");
    std::error_code error;
    CHECK(client->receive(error).empty());
    CHECK(error == errc::connection_closed);
    CHECK_FALSE(client->is_open());
}

TEST_CASE_TEMPLATE("one message of a stream is sent in pieces", Row, OverTcp, OverLocal) {
    Counting<Row, UntilEofFraming> client;
    std::size_t bytes = 0;
    for (const std::size_t size : {1U, 0U, 70'000U, 3U}) {
        client->send(std::string(size, 'x'));
        bytes += size;
    }
    client->finish_sending();
    CHECK(client->receive() == std::to_string(bytes));
    CHECK_FALSE(client->is_open());
}

TEST_CASE_TEMPLATE("an empty stream is an empty message", Row, OverTcp, OverLocal) {
    Counting<Row, UntilEofFraming> client;
    CHECK(client->request("") == "0");
}

TEST_CASE_TEMPLATE("replies larger than the buffer arrive whole", Row, OverTcp, OverLocal) {
    std::string text;
    for (int i = 0; text.size() < 300'000; ++i) text += std::to_string(i) + ' ';
    SUBCASE("lines") {
        Echoing<Row, LineFraming> client;
        CHECK((client->request(text) == text));
        CHECK(client->request("more") == "more");
    }
    SUBCASE("announced lengths") {
        Echoing<Row, LengthFraming> client;
        CHECK((client->request(text) == text));
        CHECK(client->request("more") == "more");
    }
    SUBCASE("until the end") {
        Echoing<Row, UntilEofFraming> client;
        CHECK((client->request(text) == text));
    }
}

TEST_CASE_TEMPLATE("a raw reply as large as the buffer is one message", Row, OverTcp, OverLocal) {
    const std::string text(64 * 1024, 'x');
    Scripted<Row> server({[&](auto& connection) {
        (void)connection.read(1);
        connection.send(text);
        (void)connection.read(1);
        connection.send("next");
    }});
    BlockingClientOver<Row, RawFraming> client(options_for(server.endpoint()));
    client.connect();
    client.send("?");
    std::string received;
    while (received.size() < text.size()) received += client.receive();
    CHECK((received == text));
    CHECK(client.request("?") == "next");
}

TEST_CASE_TEMPLATE("messages that nobody asked for are received", Row, OverTcp, OverLocal) {
    Hooks hooks;
    hooks.on_open = [](Peer& peer) {
        peer.send("welcome");
        peer.send("to all");
    };
    Pair<Row, HookedHandler, LineFraming> client(HookedHandler(std::move(hooks)));
    CHECK(client->receive() == "welcome");
    CHECK(client->receive() == "to all");
    CHECK(client->request("hi") == "hi");
}

TEST_CASE_TEMPLATE("a reply may have as many bytes as the limit, and no more", Row, OverTcp,
                   OverLocal) {
    Echoing<Row, LineFraming> client(HookedHandler(), {.max_message_bytes = 100'000});
    const std::string longest(100'000, 'x');
    CHECK((client->request(longest) == longest));
    std::error_code error;
    CHECK(client->request(longest + 'x', error).empty());
    CHECK(error == errc::message_too_long);
    CHECK_FALSE(client->is_open());
}

TEST_CASE_TEMPLATE("an announced length over the limit is refused at once", Row, OverTcp,
                   OverLocal) {
    Scripted<Row> server({[](auto& connection) { connection.send("\xFF\xFF\xFF\xFF"); }});
    BlockingClientOver<Row, LengthFraming> client(options_for(server.endpoint()));
    client.connect();
    std::error_code error;
    CHECK(client.receive(error).empty());
    CHECK(error == errc::message_too_long);
}

TEST_CASE("a client is made from a host and a port, and connects") {
    RunningServer<OverTcp::Server, CharCountHandler> server;
    charcount::Client client{"127.0.0.1", server->local_endpoint().port()};
    static_assert(std::is_same_v<decltype(client), Client<BlockingTcp, LineFraming>>);
    CHECK(client.request("Halo dunia") == "10");
}

TEST_CASE("a client is made from options, and connects when it is told") {
    RunningServer<OverTcp::Server, CharCountHandler> server;
    charcount::Client client{options_for(server->local_endpoint())};
    static_assert(std::is_same_v<decltype(client), Client<BlockingTcp, LineFraming>>);
    CHECK_FALSE(client.is_open());
    client.connect();
    CHECK(client.request("Halo dunia") == "10");
}

TEST_CASE_TEMPLATE("a client knows both addresses while it is connected", Row, OverTcp, OverLocal) {
    RunningServer<typename Row::Server, CharCountHandler> server;
    BlockingClientOver<Row> client(options_for(server->local_endpoint()));
    CHECK((client.remote_endpoint() == typename BlockingClientOver<Row>::Endpoint()));
    client.connect();
    CHECK((client.remote_endpoint() == server->local_endpoint()));
    if constexpr (std::is_same_v<Row, OverTcp>) CHECK(client.local_endpoint().port() != 0);
    client.close();
    CHECK((client.remote_endpoint() == typename BlockingClientOver<Row>::Endpoint()));
    CHECK((client.local_endpoint() == typename BlockingClientOver<Row>::Endpoint()));
}

TEST_CASE_TEMPLATE("a client connects anew after it was closed", Row, OverTcp, OverLocal) {
    Counting<Row, LineFraming> client;
    client->send("a reply that stays behind");
    client->close();
    client->close();
    CHECK_FALSE(client->is_open());
    client->connect();
    CHECK(client->request("Halo") == "4");
}

TEST_CASE_TEMPLATE("a client connects anew after a failure", Row, OverTcp, OverLocal) {
    Scripted<Row> server({
        [](auto& connection) { connection.close(); },
        [](auto& connection) {
            (void)connection.read_line();
            connection.send("part of a reply");
            connection.close();
        },
        [](auto& connection) {
            (void)connection.read_line();
            connection.send("reply\n");
        },
    });
    BlockingClientOver<Row> client(options_for(server.endpoint()));
    std::error_code error;
    client.connect();
    CHECK(client.receive(error).empty());
    CHECK(error == errc::connection_closed);
    client.connect();
    CHECK(client.request("?", error).empty());
    CHECK(error == errc::message_truncated);
    CHECK_FALSE(client.is_open());
    client.connect();
    CHECK(client.request("?") == "reply");
}

TEST_CASE_TEMPLATE("without a connection every call says so", Row, OverTcp, OverLocal) {
    Bound<Row> nobody;
    BlockingClientOver<Row> client(options_for(nobody.endpoint()));
    std::error_code error;
    const auto fails = [&](auto call) {
        error.clear();
        call();
        return error == errc::not_connected;
    };
    CHECK(fails([&] { client.send("x", error); }));
    CHECK(fails([&] { client.finish_sending(error); }));
    CHECK(fails([&] { CHECK(client.request("x", error).empty()); }));
    CHECK(fails([&] { CHECK(client.receive(error).empty()); }));

    const std::string reason = nobody.name() + ": " + text_of(errc::not_connected);
    CHECK(what([&] { client.send("x"); }) == "send to " + reason);
    CHECK(what([&] { client.finish_sending(); }) == "finish sending to " + reason);
    CHECK(what([&] { (void)client.request("x"); }) == "request to " + reason);
    CHECK(what([&] { (void)client.receive(); }) == "receive from " + reason);
}

TEST_CASE_TEMPLATE("a connected client is not connected again", Row, OverTcp, OverLocal) {
    Scripted<Row> server({[](auto& connection) {
        (void)connection.read_line();
        connection.send("reply\n");
    }});
    BlockingClientOver<Row> client(options_for(server.endpoint()));
    client.connect();
    std::error_code error;
    client.connect(error);
    CHECK(error == errc::already_connected);
    CHECK(what([&] { client.connect(); }) ==
          "connect to " + server.name() + ": " + text_of(errc::already_connected));
    CHECK(client.request("still here") == "reply");
}

TEST_CASE_TEMPLATE("a refused connection says where", Row, OverTcp, OverLocal) {
    const Bound<Row> nobody_listens;
    BlockingClientOver<Row> client(options_for(nobody_listens.endpoint()));
    std::error_code error;
    client.connect(error);
    CHECK(error == asio::error::connection_refused);
    CHECK(what([&] { client.connect(); }) ==
          "connect to " + nobody_listens.name() + ": " + error.message());
    CHECK_FALSE(client.is_open());
}

TEST_CASE("an unknown host says that it was not resolved") {
    ClientOptions options;
    options.host = "no.such.host.invalid";
    options.port = 1;
    Client<BlockingTcp> client(options);
    std::error_code error;
    client.connect(error);
    CHECK(error);
    CHECK(what([&] { client.connect(); }) == "resolve no.such.host.invalid:1: " + error.message());
}

TEST_CASE("a path that is none says so") {
    Client<charcount::BlockingLocal> client{ClientOptions()};
    CHECK(what([&] { client.connect(); }) ==
          "connect to a Unix socket without a path: " + text_of(errc::invalid_option));
}

TEST_CASE_TEMPLATE("a path that leads nowhere says so", Row, OverLocal) {
    const auto says = [](const std::string& path, std::errc expected) {
        ClientOptions options;
        options.path = path;
        BlockingClientOver<Row> client(options);
        std::error_code error;
        client.connect(error);
        CHECK(error.value() == static_cast<int>(expected));  // in a category of Asio's own
        CHECK(what([&] { client.connect(); }) == "connect to " + path + ": " + error.message());
    };
    says("/nowhere/at/all", std::errc::no_such_file_or_directory);
    says("/" + std::string(1000, 'x'), std::errc::filename_too_long);
}

TEST_CASE("localhost is tried on IPv4 and on IPv6") {
    const auto request_by_name = [](const asio::ip::address& address) {
        BoundSocket<asio::ip::tcp> socket(address);
        socket.listen();
        ClientOptions options;
        options.host = "localhost";
        options.port = socket.endpoint().port();
        Client<BlockingTcp> client(options);
        client.connect();
        CHECK(client.remote_endpoint() == socket.endpoint());
    };
    SUBCASE("a server on 127.0.0.1 alone") {
        request_by_name(asio::ip::address_v4::loopback());
    }
    SUBCASE("a server on ::1 alone") {
        try {
            const BoundSocket<asio::ip::tcp> is_there(asio::ip::address_v6::loopback());
        } catch (const std::system_error& error) {
            MESSAGE("skipped: this system has no ::1: ", error.what());
            return;
        }
        request_by_name(asio::ip::address_v6::loopback());
    }
}

TEST_CASE("a name that nobody serves is refused on every address") {
    const BoundSocket<asio::ip::tcp> nobody_listens;
    ClientOptions options;
    options.host = "localhost";
    options.port = nobody_listens.endpoint().port();
    Client<BlockingTcp> client(options);
    std::error_code error;
    client.connect(error);
    CHECK(error == asio::error::connection_refused);
    CHECK(what([&] { client.connect(); }) ==
          "connect to localhost:" + std::to_string(options.port) + ": " + error.message());
}

}  // namespace
