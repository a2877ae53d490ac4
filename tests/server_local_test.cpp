// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server over Unix domain sockets: what it does with the socket's file.

#include <doctest/doctest.h>

#include <asio/basic_socket_acceptor.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <cerrno>
#include <charcount/char_count_handler.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/server.hpp>
#include <charcount/transport/async.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/temporary_folder.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <vector>

namespace {

using charcount::errc;
using charcount::Peer;
using charcount::test::Hooks;
using charcount::test::LocalRows;
using charcount::test::patience;
using charcount::test::RunningServer;
using charcount::test::TemporaryFolder;
using charcount::test::TestServer;
using namespace std::chrono_literals;
using Protocol = asio::local::stream_protocol;

std::error_code start_error(auto& server) {
    std::error_code error;
    server->start(error);
    return error;
}

TEST_CASE_TEMPLATE_DEFINE("the socket file is there while the server listens", Row,
                          file_while_listening) {
    const TemporaryFolder folder;
    const std::string path = folder.file("socket");
    TestServer<Row> server({.path = path});
    CHECK_FALSE(std::filesystem::exists(path));
    server->start();
    CHECK(std::filesystem::is_socket(path));
    CHECK(server->local_endpoint().path() == path);
    CHECK(server.connect().ask("Halo") == "Halo");
    SUBCASE("until it stops") {
        server.stop();
    }
    SUBCASE("until it is destroyed") {
        server.destroy();
        if constexpr (Row::loops == 0) server.loop().finish();
    }
    CHECK_FALSE(std::filesystem::exists(path));
}
TEST_CASE_TEMPLATE_APPLY(file_while_listening, LocalRows);

TEST_CASE_TEMPLATE_DEFINE("the socket file goes when no further connection is taken", Row,
                          file_after_last) {
    const TemporaryFolder folder;
    const std::string path = folder.file("socket");
    RunningServer<Row> server({.path = path, .connections_to_serve = 1});
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(client.ask("goes on") == "goes on");
}
TEST_CASE_TEMPLATE_APPLY(file_after_last, LocalRows);

TEST_CASE_TEMPLATE_DEFINE("a socket file that nobody listens on is replaced", Row, stale_file) {
    const TemporaryFolder folder;
    const std::string path = folder.file("socket");
    {
        asio::io_context context;
        const Protocol::acceptor gone(context, Protocol::endpoint(path));
    }
    REQUIRE(std::filesystem::is_socket(path));
    TestServer<Row> server({.path = path});
    CHECK_FALSE(start_error(server));
    CHECK(server.connect().ask("Halo") == "Halo");
}
TEST_CASE_TEMPLATE_APPLY(stale_file, LocalRows);

TEST_CASE_TEMPLATE_DEFINE("a socket that somebody listens on is left alone", Row, live_file) {
    const TemporaryFolder folder;
    const std::string path = folder.file("socket");
    RunningServer<Row> owner({.path = path});
    {
        TestServer<Row> second({.path = path});
        CHECK(start_error(second) == asio::error::address_in_use);
    }
    CHECK(std::filesystem::is_socket(path));
    CHECK(owner.connect().ask("still here") == "still here");
}
TEST_CASE_TEMPLATE_APPLY(live_file, LocalRows);

TEST_CASE_TEMPLATE_DEFINE("a listener that is too busy to accept is not taken for dead", Row,
                          busy_listener) {
    const TemporaryFolder folder;
    const std::string path = folder.file("socket");
    asio::io_context context;
    Protocol::acceptor busy(context);
    busy.open();
    busy.bind(Protocol::endpoint(path));
    busy.listen(1);
    std::vector<std::unique_ptr<Protocol::socket>> waiting;
    std::error_code full;
    while (!full) {
        waiting.push_back(std::make_unique<Protocol::socket>(context, Protocol()));
        waiting.back()->non_blocking(true);
        waiting.back()->connect(Protocol::endpoint(path), full);
        if (!full)
            waiting.back()->remote_endpoint(full);  // newer Asio takes a full one for success
    }
    TestServer<Row> server({.path = path});
    auto starting = std::async(std::launch::async, [&] { return start_error(server); });
    const bool in_time = starting.wait_for(patience) == std::future_status::ready;
    CHECK(in_time);
    if (!in_time) busy.close();
    CHECK(starting.get() == asio::error::address_in_use);
    CHECK(std::filesystem::is_socket(path));
}
TEST_CASE_TEMPLATE_APPLY(busy_listener, LocalRows);

TEST_CASE_TEMPLATE_DEFINE("a file that is no socket is left alone", Row, regular_file) {
    const TemporaryFolder folder;
    const std::string path = folder.file("precious");
    std::ofstream(path) << "precious";
    {
        TestServer<Row> server({.path = path});
        CHECK(start_error(server) == asio::error::address_in_use);
    }
    std::ifstream file(path);
    CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "precious");
}
TEST_CASE_TEMPLATE_APPLY(regular_file, LocalRows);

TEST_CASE_TEMPLATE_DEFINE("a path that can't be had is refused", Row, bad_path) {
    const TemporaryFolder folder;
    std::string path;
    int error = 0;
    SUBCASE("in a folder that does not exist") {
        path = folder.file("missing/socket");
        error = ENOENT;
    }
    SUBCASE("longer than a socket's path may be") {
        path = folder.file(std::string(200, 'x'));
        error = ENAMETOOLONG;
    }
    TestServer<Row> server({.path = path});
    CHECK(start_error(server).value() == error);
    std::string said;
    try {
        server->start();
    } catch (const std::system_error& thrown) {
        said = thrown.what();
    }
    CHECK(said.find("listen on " + path + ": ") == 0);
}
TEST_CASE_TEMPLATE_APPLY(bad_path, LocalRows);

TEST_CASE("a server on a Unix socket needs a path") {
    charcount::Server<charcount::CharCountHandler, charcount::AsyncLocal> server;
    std::error_code error;
    server.start(error);
    CHECK(error == errc::invalid_option);
}

TEST_CASE_TEMPLATE_DEFINE("a peer on a Unix socket has no port", Row, peer_without_port) {
    Hooks hooks;
    hooks.on_message = [](Peer& peer, std::string_view) {
        return peer.address() + "|" + peer.host() + "|" + std::to_string(peer.port());
    };
    RunningServer<Row> server({}, hooks);
    CHECK(server.connect().ask("who am I") == "local||0");
    typename RunningServer<Row>::Client named;
    named.socket().open();
    named.socket().bind(Protocol::endpoint(server.folder().file("client")));
    named.connect(server->local_endpoint());
    const std::string path = server.folder().file("client");
    CHECK(named.ask("who am I") == path + "|" + path + "|0");
}
TEST_CASE_TEMPLATE_APPLY(peer_without_port, LocalRows);

}  // namespace
