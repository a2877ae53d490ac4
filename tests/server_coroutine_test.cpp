// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server with handlers that are coroutines: order, failures, cancellation.

#include <doctest/doctest.h>

#include <asio/awaitable.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/server.hpp>
#include <charcount/task.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/repeated.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using charcount::errc;
using charcount::Peer;
using charcount::StopReport;
using charcount::Task;
using charcount::test::LocalOneLoop;
using charcount::test::LocalUsersLoop;
using charcount::test::Log;
using charcount::test::patience;
using charcount::test::repeated;
using charcount::test::RunningServer;
using charcount::test::TcpOneLoop;
using charcount::test::TcpTwoLoops;
using charcount::test::TcpUsersLoop;
using namespace std::chrono_literals;

using Text = std::optional<std::string>;
using Errors = std::vector<std::error_code>;

asio::awaitable<void> wait_for(std::chrono::milliseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
}

// Notes in a log how it was left.
class Leaving {
public:
    explicit Leaving(Log<std::string>& log) : log_(&log) {}
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    ~Leaving() { log_->add("left"); }

private:
    Log<std::string>* log_;
};

// What the messages ask it for, later.
template <class Coroutine>
struct Later {
    Log<std::error_code>* ends;
    Log<std::string>* events;

    Coroutine operator()(Peer& peer, std::string_view message) {
        if (message == "at once") co_return "now";
        if (message == "nothing") co_return std::nullopt;
        if (message == "throw at once") throw std::runtime_error("on purpose");
        if (message == "for ever") {
            const Leaving leaving(*events);
            events->add("waiting");
            co_await wait_for(1h);
        }
        co_await wait_for(1ms);
        if (message == "throw") throw std::runtime_error("on purpose");
        if (message == "push") peer.send("pushed");
        co_return std::string(message);
    }

    void on_close(Peer&, std::error_code error) const { ends->add(error); }
};

// Where a server runs, and what its handler returns.
template <class Row_, class Coroutine_>
struct Case {
    using Row = Row_;
    using Coroutine = Coroutine_;
};
using Awaited = asio::awaitable<Text>;
using OneLoop = Case<TcpOneLoop, Task<Text>>;
using Cases = std::tuple<Case<TcpOneLoop, Awaited>, Case<TcpTwoLoops, Awaited>,
                         Case<TcpUsersLoop, Awaited>, Case<LocalOneLoop, Awaited>, OneLoop,
                         Case<TcpUsersLoop, Task<Text>>, Case<LocalUsersLoop, Task<Text>>>;

template <class C>
using LaterServer = RunningServer<typename C::Row, Later<typename C::Coroutine>>;

// What a test with such a server needs beside it.
struct Logs {
    Log<std::error_code> ends;
    Log<std::string> events;

    template <class C>
    [[nodiscard]] Later<typename C::Coroutine> handler() {
        return {&ends, &events};
    }
};

TEST_CASE_TEMPLATE_DEFINE("awaitable replies keep the order of the requests", C, order_kept) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto client = server.connect();
    std::string requests;
    std::string replies;
    for (int i = 0; i < 100; ++i) {
        const std::string name = "request " + std::to_string(i);
        requests += i % 3 == 0 ? "at once\n" : name + "\n";
        replies += i % 3 == 0 ? "now\n" : name + "\n";
    }
    client.send(requests);
    CHECK(client.read(replies.size()) == replies);
    client.send("nothing\npush\n");
    CHECK(client.read(12) == "pushed\npush\n");
}
TEST_CASE_TEMPLATE_APPLY(order_kept, Cases);

TEST_CASE_TEMPLATE_DEFINE("a connection that awaits its handler does not hold up others", C,
                          others_go_on) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto waiting = server.connect();
    waiting.send("for ever\n");
    REQUIRE(logs.events.wait_for(1).size() == 1);
    CHECK(server.connect().ask("others") == "others");
}
TEST_CASE_TEMPLATE_APPLY(others_go_on, Cases);

TEST_CASE_TEMPLATE_DEFINE("a long burst of requests that are answered at once needs no deep stack",
                          C, no_deep_stack) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto client = server.connect();
    constexpr std::size_t count = 10'000;
    client.send(repeated("at once\n", count));
    CHECK(client.read(4 * count) == repeated("now\n", count));
}
TEST_CASE_TEMPLATE_APPLY(no_deep_stack, Cases);

// Each reply is over the mark, so that the next message has to wait until it is written.
TEST_CASE_TEMPLATE_DEFINE("messages that waited for room in the output are answered by awaiting", C,
                          await_after_room) {
    Logs logs;
    charcount::ServerOptions options;
    options.max_pending_output_bytes = 2;
    LaterServer<C> server(options, logs.handler<C>());
    auto client = server.connect();
    std::string requests;
    std::string replies;
    for (int i = 0; i < 20; ++i) {
        requests += i % 2 == 0 ? "at once\n" : "in a moment\n";
        replies += i % 2 == 0 ? "now\n" : "in a moment\n";
    }
    client.send(requests);
    CHECK(client.read(replies.size()) == replies);
    CHECK(client.ask("still there") == "still there");
}
TEST_CASE_TEMPLATE_APPLY(await_after_room, Cases);

TEST_CASE_TEMPLATE_DEFINE("an awaitable handler that throws ends its own session only", C,
                          throws_later) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto client = server.connect();
    SUBCASE("before it waits") {
        client.send("first\nthrow at once\nnever answered\n");
    }
    SUBCASE("after it has waited") {
        client.send("first\nthrow\nnever answered\n");
    }
    CHECK(client.read_to_end() == "first\n");
    client.close();
    CHECK(logs.ends.wait_for(1) == Errors{errc::handler_failed});
    CHECK(server.connect().ask("others") == "others");
}
TEST_CASE_TEMPLATE_APPLY(throws_later, Cases);

TEST_CASE_TEMPLATE_DEFINE("a handler that is awaited when the server stops answers first", C,
                          stop_awaits) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto client = server.connect();
    client.send_and_arrive("one\ntwo\nthree\n");
    server->stop(patience);
    CHECK(client.read_to_end() == "one\ntwo\nthree\n");
    client.close();
    CHECK(server->wait().drained == 1);
    CHECK(logs.ends.entries() == Errors{std::error_code()});
}
TEST_CASE_TEMPLATE_APPLY(stop_awaits, Cases);

TEST_CASE_TEMPLATE_DEFINE("a handler that is awaited at the deadline is cancelled", C,
                          cancelled_at_deadline) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto client = server.connect();
    client.send("for ever\n");
    REQUIRE(logs.events.wait_for(1).size() == 1);
    const StopReport report = server.stop(50ms);
    CHECK(report.forced == 1);
    CHECK(logs.ends.entries() == Errors{errc::drain_timed_out});
    server.destroy();
    CHECK(logs.events.wait_for(2).size() == 2);
    CHECK(client.read_to_end() == "");
}
TEST_CASE_TEMPLATE_APPLY(cancelled_at_deadline, Cases);

TEST_CASE_TEMPLATE_DEFINE("a handler that is awaited when the server is destroyed is cancelled", C,
                          cancelled_by_end) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto client = server.connect();
    client.send("for ever\n");
    REQUIRE(logs.events.wait_for(1).size() == 1);
    server.destroy();
    CHECK(logs.events.wait_for(2).size() == 2);
    CHECK(client.read_to_end() == "");
}
TEST_CASE_TEMPLATE_APPLY(cancelled_by_end, Cases);

TEST_CASE_TEMPLATE_DEFINE("a reply does not wait for the handler of the next request", C,
                          reply_goes_first) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto at_once = server.connect();
    at_once.send("at once\nfor ever\n");
    CHECK(at_once.read(4) == "now\n");
    auto later = server.connect();
    later.send("later\nfor ever\n");
    CHECK(later.read(6) == "later\n");
}
TEST_CASE_TEMPLATE_APPLY(reply_goes_first, Cases);

// Changes what belongs to Asio's coroutine.
struct Changing {
    Log<std::string>* events;

    asio::awaitable<std::string> operator()(std::string_view message) const {
        if (message == "for ever") {
            const Leaving leaving(*events);
            events->add("waiting");
            co_await wait_for(1h);
        }
        if (message == "resist") {
            co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
            co_await asio::this_coro::throw_if_cancelled(false);
            co_return "resisting";
        }
        auto slot = (co_await asio::this_coro::cancellation_state).slot();
        if (message == "see") co_return slot.has_handler() ? "a handler" : "no handler";
        slot.assign([](asio::cancellation_type) {});
        co_return std::string(message);
    }
};

TEST_CASE("what a handler changes about its coroutine does not reach the next") {
    Log<std::string> events;
    RunningServer<TcpOneLoop, Changing> server({}, Changing{&events});
    auto client = server.connect();
    CHECK(client.ask("resist") == "resisting");
    client.send("for ever\n");
    REQUIRE(events.wait_for(1).size() == 1);
    server.stop(50ms);
    server.destroy();
    CHECK(events.wait_for(2).size() == 2);
}

TEST_CASE("what a handler put into its cancellation slot does not reach the next") {
    Log<std::string> events;
    RunningServer<TcpOneLoop, Changing> server({}, Changing{&events});
    auto client = server.connect();
    for (int i = 0; i < 2; ++i) {
        client.send("leave a handler\nsee\nresist\n");  // all in one run of the coroutine
        CHECK(client.read(37) == "leave a handler\nno handler\nresisting\n");
    }
}

TEST_CASE_TEMPLATE("a coroutine still answers after its connection was quiet for a while", C,
                   Case<TcpOneLoop, Awaited>, OneLoop) {
    Logs logs;
    LaterServer<C> server({}, logs.handler<C>());
    auto client = server.connect();
    REQUIRE(client.ask("at once") == "now");
    REQUIRE_FALSE(client.receives_within(1'500ms));
    CHECK(client.ask("later") == "later");
    CHECK(client.ask("at once") == "now");
}

// Sees what ends its waiting.
template <class Coroutine>
struct Cancelled {
    Log<std::error_code>* causes;

    Coroutine operator()(std::string_view) {
        try {
            co_await wait_for(1h);
        } catch (const std::system_error& error) {
            causes->add(error.code());
            throw;
        }
    }
};

TEST_CASE_TEMPLATE("on the user's loop a cancelled handler sees what happened", Coroutine,
                   asio::awaitable<void>, Task<void>) {
    Log<std::error_code> causes;
    asio::io_context loop;
    charcount::Server<Cancelled<Coroutine>> server{loop, {}, {&causes}};
    server.start();
    charcount::test::TestClient<asio::ip::tcp> client;
    std::thread thread([&] {
        client.connect(server.local_endpoint());
        client.send("wait\n");
        CHECK(charcount::test::eventually([&] { return server.stats().messages == 1; }));
        server.stop(0ms);
    });
    loop.run();
    thread.join();
    CHECK(causes.entries() == Errors(1, asio::error::operation_aborted));
}

// Goes on after it was cancelled, and wants to wait once more.
struct Persistent {
    Log<std::error_code>* causes;

    Task<void> operator()(std::string_view) const {
        for (int i = 0; i < 2; ++i) {
            try {
                asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
                causes->add({});
                co_await timer.async_wait(asio::use_awaitable);
            } catch (const std::system_error& error) {
                causes->add(error.code());
            }
        }
    }
};

TEST_CASE("a task may outlive its server on the user's loop") {
    Log<std::error_code> causes;
    asio::io_context loop;
    auto server = std::make_unique<charcount::Server<Persistent>>(loop, charcount::ServerOptions(),
                                                                  Persistent{&causes});
    server->start();
    charcount::test::TestClient<asio::ip::tcp> client;
    client.connect(server->local_endpoint());
    client.send("wait\n");
    while (causes.entries().empty()) REQUIRE(loop.run_one_for(patience) == 1);
    server.reset();
    loop.run();
    const std::error_code aborted = asio::error::operation_aborted;
    CHECK(causes.entries() == Errors{{}, aborted, aborted});
}

}  // namespace
