// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Server beside a forked process, which holds copies of all its descriptors.

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_client.hpp>
#include <support/test_server.hpp>
#include <system_error>
#include <vector>

namespace {

using charcount::ServerOptions;
using charcount::test::AllRows;
using charcount::test::eventually;
using charcount::test::Log;
using charcount::test::noting_ends;
using charcount::test::RunningServer;
using charcount::test::TcpRows;
using namespace std::chrono_literals;

using Errors = std::vector<std::error_code>;

// A copy of this process that only waits. The descriptors that are named are closed in it.
class Child {
public:
    explicit Child(const std::vector<int>& closed) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category());
        id_ = ::fork();
        if (id_ == 0) {
            ::close(ends[1]);
            for (const int descriptor : closed) ::close(descriptor);
            char byte = 0;
            while (::read(ends[0], &byte, 1) < 0 && errno == EINTR) {
            }
            ::_exit(0);
        }
        ::close(ends[0]);
        waits_for_ = ends[1];
        if (id_ < 0) throw std::system_error(errno, std::generic_category());
    }

    ~Child() {
        ::close(waits_for_);
        while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }

    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

private:
    ::pid_t id_ = -1;
    int waits_for_ = -1;
};

// A server with open connections, of which a child process has the server's side.
template <class Row>
struct Forked {
    Log<std::error_code> ends;
    RunningServer<Row> server{{}, noting_ends(ends)};
    std::vector<std::unique_ptr<typename RunningServer<Row>::Client>> clients =
        server.connect_many(3);
    std::optional<Child> child;

    Forked() {
        std::vector<int> sockets;
        for (const auto& client : clients) {
            REQUIRE(client->ask("before") == "before");
            sockets.push_back(client->socket().native_handle());
        }
        child.emplace(sockets);
    }
};

TEST_CASE_TEMPLATE_DEFINE("a forked process does not disturb open connections, nor new ones", Row,
                          undisturbed) {
    Forked<Row> forked;
    for (const auto& client : forked.clients) CHECK(client->ask("after") == "after");
    CHECK(forked.server.connect().ask("new") == "new");
}
TEST_CASE_TEMPLATE_APPLY(undisturbed, AllRows);

TEST_CASE_TEMPLATE_DEFINE("clients that close are noticed beside a forked process", Row, noticed) {
    Forked<Row> forked;
    forked.clients[0]->close();
    CHECK(forked.ends.wait_for(1) == Errors(1));
    // Others take their places, which are not told of what the copies go on to see.
    auto successor = forked.server.connect();
    CHECK(successor.ask("new") == "new");
    forked.clients[1]->close();
    CHECK(forked.ends.wait_for(2) == Errors(2));
    CHECK(successor.ask("again") == "again");
    CHECK(forked.server.connect().ask("new") == "new");
    CHECK(forked.clients[2]->ask("still there") == "still there");
    CHECK(eventually([&] { return forked.server->stats().connections_open == 2; }));
    forked.child.reset();
    CHECK(successor.ask("and again") == "and again");
    CHECK(forked.clients[2]->ask("still there") == "still there");
}
TEST_CASE_TEMPLATE_APPLY(noticed, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server ends beside a forked process, and its clients learn it", Row,
                          ends_beside) {
    Forked<Row> forked;
    forked.clients[0]->send_and_arrive("last\n");
    forked.server->stop(charcount::test::patience);
    CHECK(forked.clients[0]->read_to_end() == "last\n");
    for (std::size_t i = 1; i < 3; ++i) CHECK(forked.clients[i]->read_to_end() == "");
    for (const auto& client : forked.clients) client->close();
    CHECK(forked.server->wait().drained == 3);
    forked.server.destroy();
    CHECK(forked.ends.entries().size() == 3);
}
TEST_CASE_TEMPLATE_APPLY(ends_beside, AllRows);

TEST_CASE_TEMPLATE_DEFINE("a server is destroyed at once beside a forked process", Row, destroyed) {
    Forked<Row> forked;
    forked.server.destroy();
    CHECK(forked.ends.wait_for(3).size() == 3);
}
TEST_CASE_TEMPLATE_APPLY(destroyed, AllRows);

// What this process has computed so far.
std::chrono::nanoseconds time_of_process() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// The copy listens on, and there connections come that nobody accepts.
TEST_CASE_TEMPLATE_DEFINE("a server that listens no more costs no time beside a forked process",
                          Row, costs_nothing) {
    ServerOptions options;
    options.connections_to_serve = 2;
    RunningServer<Row> server(options);
    auto client = server.connect();
    REQUIRE(client.ask("before") == "before");
    const Child child({});
    auto last = server.connect();
    REQUIRE(last.ask("last") == "last");
    auto late = server.connect();
    const auto begin = time_of_process();
    CHECK_FALSE(late.receives_within(300ms));
    CHECK(time_of_process() - begin < 60ms);
    CHECK(last.ask("still there") == "still there");
}
TEST_CASE_TEMPLATE_APPLY(costs_nothing, TcpRows);

}  // namespace
