// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: run, and the thread that it serves on.

#include <doctest/doctest.h>

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/detail/platform.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <future>
#include <sstream>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

namespace {

using charcount::errc;
using charcount::StopReport;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::Gate;
using charcount::test::Hooks;
using charcount::test::LocalBlocking;
using charcount::test::LocalOneLoop;
using charcount::test::patience;
using charcount::test::RunningServer;
using charcount::test::TcpBlocking;
using charcount::test::TcpOneLoop;
using charcount::test::TcpTwoLoops;
using charcount::test::TestServer;
using namespace std::chrono_literals;

// Servers that own their threads; those whose loop changes its thread.
using OwnRows = std::tuple<TcpOneLoop, TcpTwoLoops, TcpBlocking, LocalOneLoop, LocalBlocking>;
using LoopRows = std::tuple<TcpOneLoop, TcpTwoLoops, LocalOneLoop>;

std::string name_of(std::thread::id id) {
    std::ostringstream text;
    text << id;
    return text.str();
}

std::string this_thread() {
    return name_of(std::this_thread::get_id());
}

// Replies with the thread it runs on.
Hooks telling_thread() {
    Hooks hooks;
    hooks.on_message = [](auto&, std::string_view) { return this_thread(); };
    return hooks;
}

// Calls `run` on a thread, and stops the server at the end.
template <class Server>
class Runner {
public:
    explicit Runner(Server& server)
        : server_(server), thread_([this] { report_ = server_.run(); }) {}

    ~Runner() {
        if (thread_.joinable()) join();
    }

    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    [[nodiscard]] std::string thread() const { return name_of(thread_.get_id()); }

    StopReport join() {
        server_.stop(patience);
        thread_.join();
        return report_;
    }

private:
    Server& server_;
    StopReport report_;
    std::thread thread_;
};

TEST_CASE_TEMPLATE_DEFINE("run starts a server, and says why it ended by itself", Row, starts) {
    TestServer<Row> server({.accept_timeout = 50ms});
    std::error_code error;
    SUBCASE("with an error") {
        const StopReport report = server->run(error);
        CHECK(report.cause == error);
    }
    SUBCASE("with an exception") {
        try {
            server->run();
        } catch (const std::system_error& thrown) {
            error = thrown.code();
        }
    }
    CHECK(error == errc::accept_timed_out);
}
TEST_CASE_TEMPLATE_APPLY(starts, OwnRows);

TEST_CASE_TEMPLATE_DEFINE("run waits for the end of a server that was started", Row,
                          run_after_start) {
    RunningServer<Row> server({.connections_to_serve = 1});
    std::future<StopReport> report = std::async(std::launch::async, [&] { return server->run(); });
    CHECK(server.connect().ask("the only one") == "the only one");
    REQUIRE(report.wait_for(patience) == std::future_status::ready);
    CHECK(report.get().cause == std::error_code());
}
TEST_CASE_TEMPLATE_APPLY(run_after_start, AllRows);

TEST_CASE_TEMPLATE_DEFINE("what began before run goes on", Row, goes_on) {
    RunningServer<Row> server;
    auto client = server.connect();
    CHECK(client.ask("before") == "before");
    client.send_and_arrive("half of a ");
    Runner running(*server);
    client.send("message\n");
    CHECK(client.read_line() == "half of a message");
    CHECK(server.connect().ask("another") == "another");
    client.close();
    CHECK(running.join().cause == std::error_code());
}
TEST_CASE_TEMPLATE_APPLY(goes_on, OwnRows);

TEST_CASE_TEMPLATE_DEFINE("run waits for a handler that is at work", Row, handler_at_work) {
    Gate gate;
    Hooks hooks;
    hooks.on_message = [&](auto&, std::string_view message) {
        gate.pass();
        return std::string(message);
    };
    RunningServer<Row> server({}, hooks);
    auto client = server.connect();
    client.send("Halo\n");
    gate.wait_for_arrivals();
    Runner running(*server);
    gate.open();
    CHECK(client.read_line() == "Halo");
    CHECK(client.ask("dunia") == "dunia");
}
TEST_CASE_TEMPLATE_APPLY(handler_at_work, OwnRows);

TEST_CASE_TEMPLATE_DEFINE("a second run returns what the first did", Row, second_run) {
    RunningServer<Row> server;
    auto client = server.connect();
    CHECK(client.ask("Halo") == "Halo");
    {
        Runner running(*server);
        server->stop(patience);
        CHECK(client.read_to_end() == "");
        client.close();
        CHECK(running.join().drained == 1);
    }
    CHECK(server->run().drained == 1);
}
TEST_CASE_TEMPLATE_APPLY(second_run, OwnRows);

#if CHARCOUNT_HAS_EPOLL

TEST_CASE_TEMPLATE_DEFINE("the thread that calls run serves", Row, serves) {
    RunningServer<Row> server({}, telling_thread());
    auto client = server.connect();
    const std::string before = client.ask("who?");
    CHECK(before != this_thread());
    Runner running(*server);
    CHECK(eventually([&] { return client.ask("who?") == running.thread(); }));
    CHECK(client.ask("who?") == running.thread());
}
TEST_CASE_TEMPLATE_APPLY(serves, LoopRows);

TEST_CASE("the other loops keep their threads") {
    RunningServer<TcpTwoLoops> server({}, telling_thread());
    auto first = server.connect();
    const std::string thread_of_first = first.ask("who?");
    auto second = server.connect();
    const std::string thread_of_second = second.ask("who?");
    CHECK(thread_of_first != thread_of_second);
    Runner running(*server);
    CHECK(eventually([&] { return first.ask("who?") == running.thread(); }));
    CHECK(second.ask("who?") == thread_of_second);
}

struct SlowEcho {
    asio::awaitable<std::string> operator()(std::string_view message) const {
        asio::steady_timer timer(co_await asio::this_coro::executor, 50ms);
        co_await timer.async_wait(asio::use_awaitable);
        co_return std::string(message) + ' ' + this_thread();
    }
};

TEST_CASE("a coroutine that waits goes on where run was called") {
    RunningServer<TcpOneLoop, SlowEcho> server;
    auto client = server.connect();
    client.send_and_arrive("Halo\n");
    Runner running(*server);
    CHECK(client.read_line().starts_with("Halo "));
    CHECK(client.ask("dunia") == "dunia " + running.thread());
}

#endif

}  // namespace
