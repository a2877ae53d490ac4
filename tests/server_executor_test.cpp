// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server: on which threads it calls its handlers, and on executors of other types.

#include <doctest/doctest.h>

#include <algorithm>
#include <asio/any_io_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/strand.hpp>
#include <atomic>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/server.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/tcp.hpp>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <thread>
#include <vector>

namespace {

using charcount::AsyncTransport;
using charcount::Peer;
using charcount::Server;
using charcount::Tcp;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::HookedHandler;
using charcount::test::Hooks;
using charcount::test::is_async;
using charcount::test::Log;
using charcount::test::patience;
using charcount::test::RunningServer;

using Client = charcount::test::TestClient<asio::ip::tcp>;
using Threads = std::vector<std::thread::id>;

std::size_t distinct(const Threads& threads) {
    return std::set<std::thread::id>(threads.begin(), threads.end()).size();
}

TEST_CASE_TEMPLATE_DEFINE("a connection stays on one thread, and all are dealt out to the loops",
                          Row, dealt_out) {
    Log<std::thread::id> threads;
    Hooks hooks;
    hooks.on_open = [&](Peer&) { threads.add(std::this_thread::get_id()); };
    hooks.on_message = [&](Peer&, std::string_view message) {
        threads.add(std::this_thread::get_id());
        return std::string(message);
    };
    RunningServer<Row> server({}, hooks);
    auto clients = server.connect_many(4);
    const Threads opened = threads.wait_for(4);
    constexpr std::size_t loops = Row::loops > 0 ? Row::loops : 1;
    CHECK(distinct(opened) == (is_async<Row> ? loops : 4));
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(clients[i]->ask("Halo") == "Halo");
        CHECK(clients[i]->ask("again") == "again");
    }
    const Threads all = threads.wait_for(12);
    REQUIRE(all.size() == 12);
    CHECK(distinct(all) == distinct(opened));
    for (std::size_t i = 4; i < 12; i += 2) CHECK(all[i] == all[i + 1]);
}
TEST_CASE_TEMPLATE_APPLY(dealt_out, AllRows);

// A loop of the user's that many threads run.
class Pool {
public:
    Pool() {
        for (int i = 0; i < 3; ++i) threads_.emplace_back([this] { context_.run(); });
    }

    ~Pool() {
        guard_.reset();
        for (std::thread& thread : threads_) thread.join();
    }

    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    [[nodiscard]] asio::io_context& context() noexcept { return context_; }

private:
    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_{context_.get_executor()};
    std::vector<std::thread> threads_;
};

TEST_CASE("on a strand of a loop that many threads run, one thing happens at a time") {
    using Strand = asio::strand<asio::io_context::executor_type>;
    int at_once = 0;  // the thread sanitizer would see two threads here
    std::size_t answered = 0;
    std::size_t most_at_once = 0;
    Hooks hooks;
    hooks.on_message = [&](Peer& peer, std::string_view message) {
        most_at_once = std::max<std::size_t>(most_at_once, static_cast<std::size_t>(++at_once));
        ++answered;
        peer.send("pushed");
        --at_once;
        return std::string(message);
    };
    Pool pool;
    Server<HookedHandler, AsyncTransport<Tcp, Strand>> server(asio::make_strand(pool.context()), {},
                                                              HookedHandler(hooks));
    server.start();
    std::vector<std::thread> clients;
    std::atomic<int> failures = 0;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&] {
            Client client(server.local_endpoint());
            for (int turn = 0; turn < 200; ++turn) {
                if (client.ask("Halo") != "pushed") ++failures;
                if (client.read_line() != "Halo") ++failures;
            }
        });
    for (std::thread& client : clients) client.join();
    server.stop(patience);
    CHECK(server.wait().forced == 0);
    CHECK(failures == 0);
    CHECK(answered == 800);
    CHECK(most_at_once == 1);
}

TEST_CASE("a server lives on an executor of any type") {
    asio::io_context loop;
    Server<HookedHandler, AsyncTransport<Tcp, asio::any_io_executor>> server(loop.get_executor());
    server.start();
    std::thread thread([&] { loop.run(); });
    Client client(server.local_endpoint());
    CHECK(client.ask("Halo") == "Halo");
    server.stop(patience);
    CHECK(client.read_to_end() == "");
    client.close();
    thread.join();
    CHECK(server.wait().drained == 1);
}

}  // namespace
