// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of cancelling calls of the asynchronous Client at each stage; the others go on.

#include <doctest/doctest.h>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <charcount/client.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/async.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <support/async_calls.hpp>
#include <support/client_rows.hpp>
#include <support/events.hpp>
#include <support/fake_names.hpp>
#include <thread>
#include <variant>

namespace {

using asio::use_awaitable;
using charcount::AsyncTransport;
using charcount::Client;
using charcount::ClientOptions;
using charcount::test::AsyncClientOver;
using charcount::test::Bound;
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
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

const std::error_code aborted = asio::error::operation_aborted;

// A call that can be cancelled, and what it completes with.
struct Cancellable : Outcome {
    asio::cancellation_signal signal;

    auto token() { return asio::bind_cancellation_slot(signal.slot(), Keep(*this)); }
    void cancel(asio::cancellation_type type = asio::cancellation_type::terminal) {
        signal.emit(type);
    }
};

ClientOptions with_room(ClientOptions options) {
    options.max_pending_output_bytes = 2 * endless_text().size();
    return options;
}

// Answers so many lines with their number and size.
template <class Connection>
void answer_lines(Connection& connection, std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i)
        connection.send(std::to_string(i) + ":" + std::to_string(connection.read_line().size()) +
                        '\n');
}

TEST_CASE("a call that waits is cancelled by each type of cancellation") {
    Scripted<OverTcp> server({[](auto&) {}});
    TestLoop loop;
    AsyncClientOver<OverTcp> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                            asio::cancellation_type::total, asio::cancellation_type::all}) {
        Cancellable call;
        client.async_receive(call.token());
        loop.turn();
        call.cancel(asio::cancellation_type::none);
        loop.turn();
        CHECK_FALSE(call.is_done());
        call.cancel(type);
        CHECK_FALSE(call.is_done());  // never within another call
        CHECK(loop.run_to_end());
        CHECK(call.completions == 1);
        CHECK(call.error == aborted);
    }
}

TEST_CASE_TEMPLATE("a call can be cancelled before the loop has seen it", Row, OverTcp, OverLocal) {
    TestLoop loop;
    Cancellable call;
    SUBCASE("connect") {
        Bound<Row> server;
        server.listen();
        AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
        client.async_connect(call.token());
        call.cancel();
        CHECK(loop.run_to_end());
        CHECK_FALSE(client.is_open());
    }
    SUBCASE("request") {
        Scripted<Row> server({[](auto& connection) { answer_lines(connection, 1); }});
        AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
        connect(loop, client);
        Outcome other;
        client.async_request("leaves no trace", call.token());
        client.async_request("x", Keep(other));
        call.cancel();
        CHECK(loop.run_to_end());
        CHECK(other.message == "1:1");
    }
    SUBCASE("request, begun on another thread and cancelled on the loop") {
        Scripted<Row> server({[](auto& connection) { answer_lines(connection, 1); }});
        AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
        connect(loop, client);
        Outcome other;
        asio::post(loop.context(), [&] {
            std::thread([&] { client.async_request("x", call.token()); }).join();
            call.cancel();
            client.async_request("yz", Keep(other));
        });
        CHECK(loop.run_to_end());
        CHECK(other.message == "1:2");
    }
    CHECK(call.completions == 1);
    CHECK(call.error == aborted);
}

TEST_CASE_TEMPLATE("connecting can be cancelled, and done again", Row, OverTcp, OverLocal) {
    FullSocket<Row> server;
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    Cancellable call;
    client.async_connect(call.token());
    loop.turn();
    CHECK_FALSE(call.is_done());
    call.cancel();
    CHECK(loop.run_to_end());
    CHECK(call.completions == 1);
    CHECK(call.error == aborted);
    CHECK_FALSE(client.is_open());
    server.make_room();
    connect(loop, client);
    CHECK(client.is_open());
}

TEST_CASE("resolving can be cancelled, and the late answer is nothing") {
    Bound<OverTcp> server;
    server.listen();
    SlowNames::Hold names;
    TestLoop loop;
    Client<AsyncTransport<SlowNames>> client(loop.context(), options_for(server.endpoint()));
    Cancellable call;
    client.async_connect(call.token());
    loop.turn();
    names.wait_for_questions();
    call.cancel();
    CHECK(loop.run_to_end());
    CHECK(call.error == aborted);
    names.answer();
    connect(loop, client);
    CHECK(call.completions == 1);
    CHECK(client.is_open());
}

TEST_CASE_TEMPLATE("a request that is queued leaves no trace when it is cancelled", Row, OverTcp,
                   OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        answer_lines(connection, 2);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), with_room(options_for(server.endpoint())));
    connect(loop, client);
    Outcome first;
    Cancellable queued;
    Outcome last;
    client.async_request(endless_text(), Keep(first));
    loop.turn();
    client.async_request("never sent", queued.token());
    client.async_request("x", Keep(last));
    loop.turn();
    queued.cancel();
    loop.turn();
    CHECK(queued.error == aborted);
    reads.open();
    CHECK(loop.run_to_end());
    CHECK(first.message == "1:" + std::to_string(endless_text().size()));
    CHECK(last.message == "2:1");
}

TEST_CASE_TEMPLATE("a request whose sending has begun is sent whole, and its reply is nobody's",
                   Row, OverTcp, OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        answer_lines(connection, 2);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), with_room(options_for(server.endpoint())));
    connect(loop, client);
    Cancellable sending;
    Outcome last;
    client.async_request(endless_text(), sending.token());
    loop.turn();
    client.async_request("x", Keep(last));
    loop.turn();
    sending.cancel();
    loop.turn();
    CHECK(sending.error == aborted);
    CHECK_FALSE(last.is_done());
    reads.open();
    CHECK(loop.run_to_end());
    CHECK(last.message == "2:1");
    CHECK(sending.completions == 1);
}

TEST_CASE_TEMPLATE("a message whose sending has begun is sent whole", Row, OverTcp, OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        answer_lines(connection, 1);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Cancellable sending;
    client.async_send(endless_text(), sending.token());
    loop.turn();
    sending.cancel();
    loop.turn();
    CHECK(sending.error == aborted);
    reads.open();
    Outcome reply;
    client.async_receive(Keep(reply));
    CHECK(loop.run_to_end());
    CHECK(reply.message == "1:" + std::to_string(endless_text().size()));
}

TEST_CASE_TEMPLATE("a request that waits for its reply can be cancelled, and the others get theirs",
                   Row, OverTcp, OverLocal) {
    constexpr std::size_t count = 5;
    for (std::size_t victim = 0; victim < count; ++victim) {
        CAPTURE(victim);
        Gate answers;
        Scripted<Row> server({[&](auto& connection) {
            std::string replies;
            for (std::size_t i = 0; i < count; ++i) replies += connection.read_line() + '\n';
            answers.pass();
            connection.send(replies);
            answer_lines(connection, 1);
        }});
        TestLoop loop;
        AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
        connect(loop, client);
        Cancellable calls[count];
        for (std::size_t i = 0; i < count; ++i)
            client.async_request("to " + std::to_string(i), calls[i].token());
        loop.turn();
        answers.wait_for_arrivals();
        calls[victim].cancel();
        loop.turn();
        CHECK(calls[victim].error == aborted);
        answers.open();
        Outcome after;
        client.async_request("xyz", Keep(after));
        CHECK(loop.run_to_end());
        for (std::size_t i = 0; i < count; ++i) {
            CHECK(calls[i].completions == 1);
            if (i != victim) CHECK(calls[i].message == "to " + std::to_string(i));
        }
        CHECK(after.message == "1:3");
    }
}

TEST_CASE_TEMPLATE("when all requests are cancelled, their replies are still nobody's", Row,
                   OverTcp, OverLocal) {
    Gate answers;
    Scripted<Row> server({[&](auto& connection) {
        (void)connection.read_line();
        (void)connection.read_line();
        answers.pass();
        connection.send("late\nlater\n");
        answer_lines(connection, 1);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Cancellable one;
    Cancellable two;
    client.async_request("a", one.token());
    client.async_request("b", two.token());
    loop.turn();
    answers.wait_for_arrivals();
    one.cancel();
    two.cancel();
    CHECK(loop.run_to_end());  // nobody waits, so nothing is left to do
    CHECK(one.error == aborted);
    CHECK(two.error == aborted);
    answers.open();
    Outcome reply;
    client.async_request("xyz", Keep(reply));
    CHECK(loop.run_to_end());
    CHECK(reply.message == "1:3");
}

TEST_CASE_TEMPLATE("a receiver that is cancelled takes no message", Row, OverTcp, OverLocal) {
    Gate pushes;
    Scripted<Row> server({[&](auto& connection) {
        pushes.pass();
        connection.send("1\n2\n");
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Outcome first;
    Cancellable second;
    Outcome third;
    client.async_receive(Keep(first));
    client.async_receive(second.token());
    client.async_receive(Keep(third));
    loop.turn();
    second.cancel();
    pushes.open();
    CHECK(loop.run_to_end());
    CHECK(first.message == "1");
    CHECK(second.error == aborted);
    CHECK(third.message == "2");
}

TEST_CASE_TEMPLATE("a write under way survives that the last reader is cancelled", Row, OverTcp,
                   OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        answer_lines(connection, 1);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Outcome sent;
    Cancellable receiving;
    client.async_receive(receiving.token());
    client.async_send(endless_text(), Keep(sent));
    loop.turn();
    receiving.cancel();
    loop.turn();
    CHECK(receiving.error == aborted);
    CHECK_FALSE(sent.is_done());
    reads.open();
    CHECK(loop.run_to_end());
    CHECK_FALSE(sent.error);
    Outcome reply;
    client.async_receive(Keep(reply));
    CHECK(loop.run_to_end());
    CHECK(reply.message == "1:" + std::to_string(endless_text().size()));
}

TEST_CASE_TEMPLATE("a half-close or close that is cancelled while it is queued has not been", Row,
                   OverTcp, OverLocal) {
    Gate reads;
    Scripted<Row> server({[&](auto& connection) {
        reads.pass();
        answer_lines(connection, 2);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), with_room(options_for(server.endpoint())));
    connect(loop, client);
    Outcome first;
    client.async_request(endless_text(), Keep(first));
    loop.turn();
    Cancellable ending;
    SUBCASE("half-close") {
        client.async_finish_sending(ending.token());
    }
    SUBCASE("close") {
        client.async_close(ending.token());
    }
    loop.turn();
    ending.cancel();
    loop.turn();
    CHECK(ending.error == aborted);
    Outcome last;
    client.async_request("xyz", Keep(last));
    reads.open();
    CHECK(loop.run_to_end());
    CHECK_FALSE(first.error);
    CHECK(last.message == "2:3");
    CHECK(client.is_open());
}

TEST_CASE_TEMPLATE("a close that is cancelled while it waits for the server lets requests be", Row,
                   OverTcp, OverLocal) {
    Gate answers;
    Scripted<Row> server({[&](auto& connection) {
        const std::string line = connection.read_to_end();
        answers.pass();
        connection.send("to " + line);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Outcome request;
    Cancellable closing;
    client.async_request("a", Keep(request));
    client.async_close(closing.token());
    loop.turn();
    answers.wait_for_arrivals();
    closing.cancel();
    answers.open();
    CHECK(loop.run_to_end());
    CHECK(closing.error == aborted);
    CHECK(request.message == "to a");
    client.close();
}

TEST_CASE("a call that is done is not cancelled") {
    Scripted<OverTcp> server({[](auto& connection) { answer_lines(connection, 2); }});
    TestLoop loop;
    AsyncClientOver<OverTcp> client(loop.context(), options_for(server.endpoint()));
    connect(loop, client);
    Cancellable call;
    client.async_request("x", call.token());
    CHECK(loop.run_to_end());
    call.cancel();
    Outcome next;
    client.async_request("y", Keep(next));
    CHECK(loop.run_to_end());
    CHECK(call.completions == 1);
    CHECK(call.message == "1:1");
    CHECK(next.message == "2:1");
}

TEST_CASE_TEMPLATE("a request raced with a timer loses nothing but its reply", Row, OverTcp,
                   OverLocal) {
    Gate answers;
    Scripted<Row> server({[&](auto& connection) {
        const std::string line = connection.read_line();
        answers.pass();
        connection.send("late\n");
        answer_lines(connection, 2);
    }});
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server.endpoint()));
    const auto race = [&]() -> asio::awaitable<void> {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        co_await client.async_connect(use_awaitable);
        timer.expires_after(20ms);
        const auto lost = co_await (client.async_request("slow", use_awaitable) ||
                                    timer.async_wait(use_awaitable));
        CHECK(lost.index() == 1);
        answers.open();
        timer.expires_after(charcount::test::patience);
        const auto won = co_await (client.async_request("abc", use_awaitable) ||
                                   timer.async_wait(use_awaitable));
        REQUIRE(won.index() == 0);
        CHECK(std::get<0>(won) == "1:3");
        const std::string one = co_await (client.async_request("de", use_awaitable) &&
                                          client.async_send("f", use_awaitable));
        CHECK(one == "2:2");
    };
    loop.run(race());
}

TEST_CASE("a coroutine may cancel from an executor that is not the client's") {
    Scripted<OverTcp> server({[](auto& connection) {
        (void)connection.read_to_end();
        connection.close();
    }});
    TestLoop loop;
    AsyncClientOver<OverTcp> client(loop.context(), options_for(server.endpoint()));
    auto guard = asio::make_work_guard(loop.context());
    std::thread running([&] { loop.context().run(); });
    const auto race = [&]() -> asio::awaitable<int> {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        co_await client.async_connect(use_awaitable);
        int cancelled = 0;
        for (int i = 0; i < 100; ++i) {
            timer.expires_after(std::chrono::microseconds(i));
            const auto first = co_await (client.async_request("x", use_awaitable) ||
                                         timer.async_wait(use_awaitable));
            if (first.index() == 1) ++cancelled;
        }
        co_await client.async_close(use_awaitable);
        co_return cancelled;
    };
    asio::thread_pool elsewhere(1);
    CHECK(asio::co_spawn(elsewhere, race(), asio::use_future).get() == 100);
    guard.reset();
    running.join();
}

}  // namespace
