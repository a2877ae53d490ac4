// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the asynchronous Client: against the real server, over every framing, with any token.

#include <doctest/doctest.h>

#include <asio/associated_allocator.hpp>
#include <asio/associated_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_allocator.hpp>
#include <asio/bind_executor.hpp>
#include <asio/error.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <atomic>
#include <charcount/char_count_handler.hpp>
#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/transport/async.hpp>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <string>
#include <support/async_calls.hpp>
#include <support/client_rows.hpp>
#include <support/counting_servers.hpp>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using asio::use_awaitable;
using charcount::AsyncTcp;
using charcount::CharCountHandler;
using charcount::Client;
using charcount::ClientOptions;
using charcount::errc;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::Peer;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using charcount::test::AsyncClientOver;
using charcount::test::Bound;
using charcount::test::BoundSocket;
using charcount::test::connect;
using charcount::test::HookedHandler;
using charcount::test::Hooks;
using charcount::test::Keep;
using charcount::test::options_for;
using charcount::test::Outcome;
using charcount::test::OverLocal;
using charcount::test::OverTcp;
using charcount::test::RunningServer;
using charcount::test::TestLoop;
using namespace std::chrono_literals;
using namespace std::string_literals;

template <class Row, class F>
using CountingServer = RunningServer<typename Row::Server, CharCountHandler, F>;

// A server that counts, a client of it, and the client's loop.
template <class Row, class F = LineFraming>
struct Counting {
    CountingServer<Row, F> server;
    TestLoop loop;
    AsyncClientOver<Row, F> client{loop.context(), options_for(server->local_endpoint())};
};

template <class Client>
asio::awaitable<void> ask_each(Client& client,
                               std::vector<std::pair<std::string, std::string>> all) {
    co_await client.async_connect(use_awaitable);
    for (const auto& [message, reply] : all)
        CHECK(co_await client.async_request(message, use_awaitable) == reply);
}

TEST_CASE_TEMPLATE("requests are answered, one after the other", Row, OverTcp, OverLocal) {
    SUBCASE("lines") {
        Counting<Row, LineFraming> it;
        it.loop.run(ask_each(it.client, {{"Halo dunia", "10"},
                                         {"", "0"},
                                         {"👨‍👩‍👧‍👦", "7"},
                                         {"ab\xFF", "error: invalid UTF-8 at byte 2"},
                                         {"Grüße", "5"}}));
    }
    SUBCASE("announced lengths") {
        Counting<Row, LengthFraming> it;
        it.loop.run(ask_each(it.client, {{"two\nlines", "9"}, {"", "0"}, {"\0\0\0"s, "3"}}));
    }
    SUBCASE("raw") {
        Counting<Row, RawFraming> it;
        it.loop.run(ask_each(it.client, {{"Halo dunia", "10"}, {"Grüße", "5"}}));
    }
    SUBCASE("until the end") {
        Counting<Row, UntilEofFraming> it;
        it.loop.run(ask_each(it.client, {{"two\nlines", "9"}}));
        it.loop.turn();
        CHECK_FALSE(it.client.is_open());
    }
}

TEST_CASE_TEMPLATE("one message of a stream is sent in pieces", Row, OverTcp, OverLocal) {
    Counting<Row, UntilEofFraming> it;
    const auto send_pieces = [](auto& client) -> asio::awaitable<void> {
        co_await client.async_connect(use_awaitable);
        for (const std::size_t size : {1U, 0U, 70'000U, 3U})
            co_await client.async_send(std::string(size, 'x'), use_awaitable);
        co_await client.async_finish_sending(use_awaitable);
        CHECK(co_await client.async_receive(use_awaitable) == "70004");
    };
    it.loop.run(send_pieces(it.client));
}

TEST_CASE_TEMPLATE("replies larger than the buffer arrive whole", Row, OverTcp, OverLocal) {
    std::string text;
    for (int i = 0; text.size() < 300'000; ++i) text += std::to_string(i) + ' ';
    RunningServer<typename Row::Server> server;
    TestLoop loop;
    AsyncClientOver<Row> client(loop.context(), options_for(server->local_endpoint()));
    connect(loop, client);
    Outcome large;
    Outcome small;
    client.async_request(text, Keep(large));
    client.async_request("more", Keep(small));
    CHECK(loop.run_to_end());
    CHECK((large.message == text));
    CHECK(small.message == "more");
}

TEST_CASE("a call may complete in a callback, a future or a coroutine") {
    Counting<OverTcp> it;
    connect(it.loop, it.client);
    SUBCASE("a callback that can only be moved") {
        Outcome outcome;
        it.client.async_request("callback", Keep(outcome));
        CHECK(it.loop.run_to_end());
        CHECK(outcome.message == "8");
        CHECK(outcome.completions == 1);
    }
    SUBCASE("a future") {
        std::future<std::string> reply = it.client.async_request("future", asio::use_future);
        std::future<void> closed = it.client.async_close(asio::use_future);
        CHECK(it.loop.run_to_end());
        CHECK(reply.get() == "6");
        closed.get();
        std::future<std::string> error = it.client.async_request("x", asio::use_future);
        CHECK(it.loop.run_to_end());
        CHECK_THROWS_AS(error.get(), std::system_error);
    }
    SUBCASE("a coroutine, with an error in place of an exception") {
        const auto ask = [](auto& client) -> asio::awaitable<void> {
            std::error_code error = errc::not_connected;
            auto token = asio::redirect_error(use_awaitable, error);
            CHECK(co_await client.async_request("coroutine", token) == "9");
            CHECK_FALSE(error);
            client.close();
            CHECK(co_await client.async_request("x", token) == std::string());
            CHECK(error == errc::not_connected);
        };
        it.loop.run(ask(it.client));
    }
    SUBCASE("a coroutine that throws") {
        const auto ask = [](auto& client) -> asio::awaitable<void> {
            client.close();
            (void)co_await client.async_request("x", use_awaitable);
        };
        CHECK_THROWS_AS(it.loop.run(ask(it.client)), std::system_error);
    }
}

TEST_CASE("a handler that takes anything is given what the call completes with") {
    Counting<OverTcp> it;
    std::vector<std::size_t> arguments;
    const auto count = [&](auto... values) { arguments.push_back(sizeof...(values)); };
    it.client.async_connect(count);
    CHECK(it.loop.run_to_end());
    it.client.async_send("one", count);
    it.client.async_receive(count);
    CHECK(it.loop.run_to_end());
    CHECK(arguments == std::vector<std::size_t>{1, 1, 2});
}

// Counts in a counter that outlives it.
template <class T>
class CountingAllocator {
public:
    using value_type = T;

    explicit CountingAllocator(int& count) noexcept : count_(&count) {}
    template <class U>
    CountingAllocator(const CountingAllocator<U>& other) noexcept : count_(other.count()) {}

    T* allocate(std::size_t size) {
        ++*count_;
        return std::allocator<T>().allocate(size);
    }
    void deallocate(T* memory, std::size_t size) { std::allocator<T>().deallocate(memory, size); }
    [[nodiscard]] int* count() const noexcept { return count_; }

    friend bool operator==(const CountingAllocator&, const CountingAllocator&) = default;

private:
    int* count_;
};

TEST_CASE("a handler's own allocator gives the memory to hand the result over") {
    Counting<OverTcp> it;
    connect(it.loop, it.client);
    int allocations = 0;
    Outcome outcome;
    it.client.async_request(
        "Halo", asio::bind_allocator(CountingAllocator<char>(allocations), Keep(outcome)));
    CHECK(it.loop.run_to_end());
    CHECK(outcome.message == "4");
    CHECK(allocations > 0);
}

TEST_CASE_TEMPLATE("a handler runs on its own executor", Row, OverTcp, OverLocal) {
    Counting<Row> it;
    asio::io_context other;
    std::thread::id thread;
    Outcome outcome;
    const auto there = [&] {
        return asio::bind_executor(other.get_executor(),
                                   [&](std::error_code error, std::string message = {}) {
                                       thread = std::this_thread::get_id();
                                       Keep keep(outcome);
                                       keep(error, std::move(message));
                                   });
    };
    const auto run_there = [&] {
        CHECK(it.loop.run_to_end());
        CHECK_FALSE(outcome.is_done());
        std::thread running([&] {
            other.restart();
            other.run();
        });
        const auto other_thread = running.get_id();
        running.join();
        CHECK(thread == other_thread);
        CHECK(std::exchange(outcome.completions, 0) == 1);
    };
    it.client.async_connect(there());
    run_there();
    CHECK_FALSE(outcome.error);
    it.client.async_request("elsewhere", there());
    run_there();
    CHECK(outcome.message == "9");
    it.client.async_close(there());
    run_there();
    it.client.async_request("no connection", there());
    run_there();
    CHECK(outcome.error == errc::not_connected);
}

TEST_CASE("the handler's executor has work as long as the call is under way") {
    Counting<OverTcp> it;
    connect(it.loop, it.client);
    asio::io_context other;
    Outcome outcome;
    it.client.async_request("Halo", asio::bind_executor(other.get_executor(), Keep(outcome)));
    std::thread running([&] { other.run(); });
    CHECK(it.loop.run_to_end());
    running.join();
    CHECK(outcome.message == "4");
}

TEST_CASE_TEMPLATE("no call completes within its beginning, not even one that fails", Row, OverTcp,
                   OverLocal) {
    TestLoop loop;
    Bound<Row> nobody_listens;
    AsyncClientOver<Row> client(loop.context(), options_for(nobody_listens.endpoint()));
    std::vector<Outcome> outcomes(7);
    std::size_t begun = 0;
    const auto next = [&] { return Keep(outcomes[begun++]); };
    asio::post(loop.context(), [&] {
        client.async_request("x", next());
        client.async_send("x", next());
        client.async_receive(next());
        client.async_finish_sending(next());
        client.async_close(next());
        client.async_connect(next());
        client.async_connect(next());
        for (const Outcome& outcome : outcomes) CHECK_FALSE(outcome.is_done());
    });
    CHECK(loop.run_to_end());
    for (std::size_t i = 0; i < 5; ++i) {
        CAPTURE(i);
        CHECK(outcomes[i].completions == 1);
        CHECK(outcomes[i].error == errc::not_connected);
    }
    CHECK(outcomes[5].error == asio::error::connection_refused);
    CHECK(outcomes[6].error == errc::already_connected);
}

TEST_CASE_TEMPLATE("a connected client is not connected again", Row, OverTcp, OverLocal) {
    Counting<Row> it;
    connect(it.loop, it.client);
    Outcome again;
    it.client.async_connect(Keep(again));
    CHECK(it.loop.run_to_end());
    CHECK(again.error == errc::already_connected);
    Outcome reply;
    it.client.async_request("still here", Keep(reply));
    CHECK(it.loop.run_to_end());
    CHECK(reply.message == "10");
}

TEST_CASE_TEMPLATE("a client knows both addresses while it is connected", Row, OverTcp, OverLocal) {
    using Endpoint = typename AsyncClientOver<Row>::Endpoint;
    Counting<Row> it;
    CHECK((it.client.remote_endpoint() == Endpoint()));
    CHECK_FALSE(it.client.is_open());
    connect(it.loop, it.client);
    CHECK(it.client.is_open());
    CHECK((it.client.remote_endpoint() == it.server->local_endpoint()));
    if constexpr (std::is_same_v<Row, OverTcp>) CHECK(it.client.local_endpoint().port() != 0);
    it.client.close();
    CHECK_FALSE(it.client.is_open());
    CHECK((it.client.remote_endpoint() == Endpoint()));
    CHECK((it.client.local_endpoint() == Endpoint()));
}

TEST_CASE_TEMPLATE("calls may begin on any thread", Row, OverTcp, OverLocal) {
    Counting<Row> it;
    connect(it.loop, it.client);
    constexpr std::size_t threads = 3;
    constexpr std::size_t calls = 100;
    auto guard = asio::make_work_guard(it.loop.context());
    std::vector<std::thread> callers;
    std::atomic<std::size_t> right = 0;
    for (std::size_t thread = 0; thread < threads; ++thread) {
        callers.emplace_back([&, thread] {
            for (std::size_t call = 0; call < calls; ++call) {
                const std::size_t size = thread * calls + call;
                it.client.async_request(std::string(size, 'x'),
                                        [&, size](std::error_code error, const std::string& reply) {
                                            if (!error && reply == std::to_string(size)) ++right;
                                        });
            }
        });
    }
    CHECK(it.loop.run_until([&] { return right == threads * calls; }));
    for (std::thread& caller : callers) caller.join();
}

TEST_CASE("a client may live on a strand of a loop that several threads run") {
    using Strand = asio::strand<asio::thread_pool::executor_type>;
    using Transport = charcount::AsyncTransport<charcount::Tcp, Strand>;
    CountingServer<OverTcp, LineFraming> server;
    asio::thread_pool threads(3);
    Client<Transport> client(asio::make_strand(threads), options_for(server->local_endpoint()));
    client.async_connect(asio::use_future).get();
    std::vector<std::future<std::string>> replies;
    for (std::size_t size = 0; size < 200; ++size)
        replies.push_back(client.async_request(std::string(size, 'x'), asio::use_future));
    for (std::size_t size = 0; size < replies.size(); ++size)
        CHECK(replies[size].get() == std::to_string(size));
    client.async_close(asio::use_future).get();
    threads.join();
}

TEST_CASE("localhost is tried on IPv4 and on IPv6") {
    const auto connect_by_name = [](const asio::ip::address& address) {
        BoundSocket<asio::ip::tcp> socket(address);
        socket.listen();
        ClientOptions options;
        options.host = "localhost";
        options.port = socket.endpoint().port();
        TestLoop loop;
        Client<AsyncTcp> client(loop.context(), options);
        connect(loop, client);
        CHECK(client.remote_endpoint() == socket.endpoint());
    };
    SUBCASE("a server on 127.0.0.1 alone") {
        connect_by_name(asio::ip::address_v4::loopback());
    }
    SUBCASE("a server on ::1 alone") {
        try {
            const BoundSocket<asio::ip::tcp> is_there(asio::ip::address_v6::loopback());
        } catch (const std::system_error& error) {
            MESSAGE("skipped: this system has no ::1: ", error.what());
            return;
        }
        connect_by_name(asio::ip::address_v6::loopback());
    }
}

TEST_CASE("an unknown host is an error") {
    ClientOptions options;
    options.host = "no.such.host.invalid";
    TestLoop loop;
    Client<AsyncTcp> client(loop.context(), options);
    Outcome connected;
    client.async_connect(Keep(connected));
    CHECK(loop.run_to_end());
    CHECK(connected.error);
    CHECK_FALSE(client.is_open());
}

TEST_CASE("a path that is none is an error") {
    TestLoop loop;
    Client<charcount::AsyncLocal> client(loop.context());
    Outcome connected;
    client.async_connect(Keep(connected));
    CHECK(loop.run_to_end());
    CHECK(connected.error == errc::invalid_option);
}

}  // namespace
