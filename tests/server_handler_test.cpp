// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: when it calls a handler's functions, and what becomes of what they throw.

#include <doctest/doctest.h>

#include <algorithm>
#include <asio/error.hpp>
#include <atomic>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <vector>

namespace {

using charcount::errc;
using charcount::Peer;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::FewRows;
using charcount::test::Hooks;
using charcount::test::Log;
using charcount::test::noting_ends;
using charcount::test::RunningServer;
using charcount::test::TcpRows;
using namespace std::chrono_literals;

using Errors = std::vector<std::error_code>;
using Names = std::vector<std::string>;

// Hooks that note what was called.
Hooks noting(Log<std::string>& calls) {
    return {.on_message = [&](Peer&, std::string_view message) -> std::optional<std::string> {
                calls.add(std::string(message));
                return "ok";
            },
            .on_open = [&](Peer&) { calls.add("open"); },
            .on_close =
                [&](Peer&, std::error_code error) {
                    calls.add(error ? "close: " + error.message() : "close");
                }};
}

TEST_CASE_TEMPLATE_DEFINE("on_open comes first and on_close last, once each", Row, hooks_once) {
    Log<std::string> calls;
    RunningServer<Row> server({}, noting(calls));
    SUBCASE("the client ends") {
        auto client = server.connect();
        CHECK(client.ask("one") == "ok");
        CHECK(client.ask("two") == "ok");
        client.finish_sending();
        CHECK(client.read_to_end() == "");
        CHECK(calls.wait_for(4) == Names{"open", "one", "two", "close"});
    }
    SUBCASE("the client is gone without a word") {
        server.connect().close();
        CHECK(calls.wait_for(2) == Names{"open", "close"});
    }
    server.stop();
    const Names entries = calls.entries();
    CHECK(std::count(entries.begin(), entries.end(), "open") == 1);
    CHECK(std::count(entries.begin(), entries.end(), "close") == 1);
}
TEST_CASE_TEMPLATE_APPLY(hooks_once, AllRows);

TEST_CASE_TEMPLATE_DEFINE("on_close is told of a reset", Row, told_of_reset) {
    Log<std::error_code> ends;
    RunningServer<Row> server({}, noting_ends(ends));
    auto client = server.connect();
    REQUIRE(client.ask("Halo") == "Halo");
    client.reset();
    REQUIRE(ends.wait_for(1).size() == 1);
    CHECK(ends.entries().front() == asio::error::connection_reset);
}
TEST_CASE_TEMPLATE_APPLY(told_of_reset, TcpRows);

TEST_CASE_TEMPLATE_DEFINE("on_close is told of a message that was cut off", Row, told_of_cut) {
    Log<std::error_code> ends;
    RunningServer<Row> server({}, noting_ends(ends));
    auto client = server.connect();
    client.send("Hal");
    client.finish_sending();
    CHECK(client.read_to_end() == "error: the last message is not complete\n");
    CHECK(ends.wait_for(1) == Errors{errc::message_truncated});
}
TEST_CASE_TEMPLATE_APPLY(told_of_cut, FewRows);

TEST_CASE_TEMPLATE_DEFINE("in on_close the peer has its address still, and takes nothing more", Row,
                          peer_in_on_close) {
    Log<std::string> addresses;
    Log<std::error_code> sent;
    Hooks hooks;
    hooks.on_open = [&](Peer& peer) { addresses.add(peer.address()); };
    hooks.on_close = [&](Peer& peer, std::error_code) {
        CHECK_FALSE(peer.is_open());
        sent.add(peer.send("too late"));
        addresses.add(peer.address());
    };
    RunningServer<Row> server({}, hooks);
    auto client = server.connect();
    client.finish_sending();
    CHECK(client.read_to_end() == "");
    CHECK(sent.wait_for(1) == Errors{errc::connection_closed});
    const Names names = addresses.wait_for(2);
    REQUIRE(names.size() == 2);
    CHECK(names[0] == names[1]);
}
TEST_CASE_TEMPLATE_APPLY(peer_in_on_close, FewRows);

TEST_CASE_TEMPLATE_DEFINE("a handler may leave a message without a reply", Row, no_reply) {
    Hooks hooks;
    hooks.on_message = [](Peer&, std::string_view message) -> std::optional<std::string> {
        if (message == "quiet") return std::nullopt;
        return std::string(message);
    };
    RunningServer<Row> server({}, hooks);
    auto client = server.connect();
    client.send("quiet\nquiet\n");
    CHECK(client.ask("loud") == "loud");
}
TEST_CASE_TEMPLATE_APPLY(no_reply, FewRows);

// Throwing.

TEST_CASE_TEMPLATE_DEFINE("a handler that throws ends its own session only", Row, message_throws) {
    Log<std::error_code> ends;
    Hooks hooks = noting_ends(ends);
    hooks.on_message = [](Peer&, std::string_view message) {
        if (message == "throw") throw std::runtime_error("on purpose");
        if (message == "throw an int") throw 42;
        return std::string(message);
    };
    RunningServer<Row> server({}, hooks);
    auto bystander = server.connect();
    auto client = server.connect();
    CHECK(client.ask("first") == "first");
    SUBCASE("an exception") {
        client.send("second\nthrow\nnever answered\n");
    }
    SUBCASE("anything") {
        client.send("second\nthrow an int\nnever answered\n");
    }
    CHECK(client.read_to_end() == "second\n");
    client.close();
    CHECK(ends.wait_for(1) == Errors{errc::handler_failed});
    CHECK(bystander.ask("goes on") == "goes on");
    CHECK(server.connect().ask("so do others") == "so do others");
}
TEST_CASE_TEMPLATE_APPLY(message_throws, AllRows);

TEST_CASE_TEMPLATE_DEFINE("an on_open that throws ends its own session only", Row, open_throws) {
    Log<std::error_code> ends;
    std::atomic<int> opened = 0;
    Hooks hooks = noting_ends(ends);
    hooks.on_open = [&](Peer& peer) {
        if (++opened != 2) return;
        peer.send("pushed before");
        throw std::runtime_error("on purpose");
    };
    RunningServer<Row> server({}, hooks);
    auto bystander = server.connect();
    CHECK(bystander.ask("first") == "first");
    auto client = server.connect();
    CHECK(client.read_to_end() == "pushed before\n");
    client.close();
    CHECK(ends.wait_for(1) == Errors{errc::handler_failed});
    CHECK(bystander.ask("goes on") == "goes on");
    CHECK(server.connect().ask("so do others") == "so do others");
}
TEST_CASE_TEMPLATE_APPLY(open_throws, AllRows);

TEST_CASE_TEMPLATE_DEFINE("an on_close that throws does no harm", Row, close_throws) {
    std::atomic<int> closed = 0;
    Hooks hooks;
    hooks.on_close = [&](Peer&, std::error_code) {
        ++closed;
        throw std::runtime_error("on purpose");
    };
    RunningServer<Row> server({}, hooks);
    auto bystander = server.connect();
    {
        auto client = server.connect();
        CHECK(client.ask("first") == "first");
    }
    CHECK(eventually([&] { return server->stats().connections_open == 1; }));
    CHECK(closed == 1);
    CHECK(bystander.ask("goes on") == "goes on");
    bystander.finish_sending();
    CHECK(bystander.read_to_end() == "");
    CHECK(eventually([&] { return server->stats().connections_open == 0; }));
    CHECK(closed == 2);
}
TEST_CASE_TEMPLATE_APPLY(close_throws, AllRows);

// Throws when it is copied for the connection with a given number.
class HardToCopy {
public:
    explicit HardToCopy(int fails_at) : fails_at_(fails_at) {}
    HardToCopy(const HardToCopy& other) : copies_(other.copies_), fails_at_(other.fails_at_) {
        if (++*copies_ == fails_at_) throw std::runtime_error("on purpose");
    }
    HardToCopy(HardToCopy&&) = default;

    std::string operator()(std::string_view message) const { return std::string(message); }

    void count_from_here() { *copies_ = 0; }

private:
    std::shared_ptr<int> copies_ = std::make_shared<int>(-1'000);
    int fails_at_;
};

TEST_CASE_TEMPLATE_DEFINE("a handler that can't be copied costs that connection only", Row,
                          copy_throws) {
    Log<std::error_code> failures;
    HardToCopy handler(2);
    RunningServer<Row, HardToCopy> server(
        {.on_accept_error = [&](std::error_code error) { failures.add(error); }}, handler);
    handler.count_from_here();
    auto bystander = server.connect();
    CHECK(bystander.ask("first") == "first");
    CHECK(server.connect().read_to_end() == "");
    CHECK(failures.wait_for(1) == Errors{errc::handler_failed});
    CHECK(bystander.ask("goes on") == "goes on");
    CHECK(server.connect().ask("so do others") == "so do others");
    CHECK(server->stats().connections_accepted == 3);
}
TEST_CASE_TEMPLATE_APPLY(copy_throws, FewRows);

}  // namespace
