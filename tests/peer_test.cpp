// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of Peer and of the link below it: what pushes from any thread do at the limit, in which
// order they go out, and how they end.

#include <doctest/doctest.h>

#include <atomic>
#include <charcount/byte_buffer.hpp>
#include <charcount/detail/peer_link.hpp>
#include <charcount/error.hpp>
#include <charcount/peer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using charcount::ByteBuffer;
using charcount::errc;
using charcount::Peer;
using charcount::PushPolicy;
using charcount::detail::DriverScope;
using charcount::detail::PeerLink;
using charcount::detail::PushGate;
using charcount::detail::PushLimits;
using namespace std::chrono_literals;
using State = PeerLink::State;

constexpr auto deadline = 20s;

// A link whose driver is the test. Messages go over the wire in angle brackets.
class TestLink final : public PeerLink {
public:
    explicit TestLink(std::shared_ptr<PushGate> gate) : PeerLink(std::move(gate)) {}

    std::atomic<int> wakes = 0;
    std::string host = "127.0.0.1";
    std::uint16_t port = 5000;

    [[nodiscard]] std::string remote_host() const override { return host; }
    [[nodiscard]] std::uint16_t remote_port() const override { return port; }

    std::string collected() {
        ByteBuffer out;
        collect(out);
        return std::string(out.view());
    }

private:
    void wake() override { ++wakes; }
    void encode(ByteBuffer& out, std::string_view message) const override {
        out.append("<").append(message).append(">");
    }
};

struct Connection {
    std::shared_ptr<PushGate> gate;
    std::shared_ptr<TestLink> link;
    Peer peer;

    explicit Connection(std::shared_ptr<PushGate> shared_gate)
        : gate(std::move(shared_gate)), link(std::make_shared<TestLink>(gate)), peer(link) {}

    explicit Connection(PushPolicy policy, std::size_t max_pending_bytes = 10,
                        std::chrono::milliseconds max_wait = deadline)
        : Connection(std::make_shared<PushGate>(PushLimits{max_pending_bytes, policy, max_wait})) {}
};

// A sender on a thread of its own, which is seen to wait before the test goes on.
class WaitingSender {
public:
    WaitingSender(const Connection& connection, std::string message)
        : result_(std::async(
              std::launch::async,
              [peer = connection.peer, text = std::move(message)] { return peer.send(text); })) {
        const auto give_up = std::chrono::steady_clock::now() + deadline;
        while (connection.gate->waiting == 0) {
            if (std::chrono::steady_clock::now() > give_up) break;
            std::this_thread::yield();
        }
        CHECK_FALSE(has_returned(0s));
    }

    [[nodiscard]] bool has_returned(std::chrono::milliseconds within = 2s) const {
        return result_.wait_for(within) == std::future_status::ready;
    }

    [[nodiscard]] std::error_code result() { return result_.get(); }

private:
    std::future<std::error_code> result_;
};

TEST_CASE("a peer of no connection can be asked everything") {
    const Peer peer;
    CHECK(peer.send("Halo") == errc::connection_closed);
    CHECK_FALSE(peer.is_open());
    CHECK(peer.host().empty());
    CHECK(peer.port() == 0);
    CHECK(peer.address() == "closed");
    CHECK(peer == Peer());
    peer.close();
}

TEST_CASE("a peer may outlive its connection") {
    Connection connection(PushPolicy::drop);
    const Peer peer = connection.peer;
    CHECK(peer.is_open());
    connection.link.reset();
    CHECK_FALSE(peer.is_open());
    CHECK(peer.send("Halo") == errc::connection_closed);
    CHECK(peer.host().empty());
    CHECK(peer.address() == "closed");
    peer.close();
}

TEST_CASE("a peer says who it is") {
    Connection connection(PushPolicy::drop);
    CHECK(connection.peer.host() == "127.0.0.1");
    CHECK(connection.peer.port() == 5000);
    CHECK(connection.peer.address() == "127.0.0.1:5000");

    connection.link->host = "::1";
    CHECK(connection.peer.address() == "[::1]:5000");

    connection.link->host = "/run/charcount.sock";
    connection.link->port = 0;
    CHECK(connection.peer.address() == "/run/charcount.sock");

    connection.link->host = "";
    CHECK(connection.peer.address() == "local");
}

TEST_CASE("peers are equal when they refer to the same connection") {
    const Connection one(PushPolicy::drop);
    const Connection other(PushPolicy::drop);
    const Peer copy = one.peer;
    CHECK(copy == one.peer);
    CHECK(one.peer != other.peer);
    CHECK(one.peer != Peer());
}

TEST_CASE("messages are collected in the order in which they were sent, each framed") {
    Connection connection(PushPolicy::drop, 1000);
    CHECK_FALSE(connection.link->needs_attention());
    CHECK_FALSE(connection.peer.send("a"));
    CHECK_FALSE(Peer(connection.peer).send("b"));
    CHECK_FALSE(connection.peer.send(""));
    CHECK(connection.link->needs_attention());

    ByteBuffer out;
    out += "before ";
    CHECK(connection.link->collect(out) == State::open);
    CHECK(out.view() == "before <a><b><>");
    CHECK_FALSE(connection.link->needs_attention());

    CHECK_FALSE(connection.peer.send("c"));
    CHECK(connection.link->collected() == "<c>");
    CHECK(connection.link->collected().empty());
}

TEST_CASE("the driver is woken once, until it has collected") {
    Connection connection(PushPolicy::drop, 1000);
    for (int i = 0; i < 5; ++i) CHECK_FALSE(connection.peer.send("x"));
    CHECK(connection.link->wakes == 1);
    connection.peer.close();
    CHECK(connection.link->wakes == 1);

    Connection again(PushPolicy::drop, 1000);
    for (int i = 1; i <= 3; ++i) {
        CHECK_FALSE(again.peer.send("x"));
        CHECK_FALSE(again.peer.send("y"));
        CHECK(again.link->wakes == i);
        CHECK(again.link->collected() == "<x><y>");
    }
}

TEST_CASE("drop: a message over the limit is not sent, and the sender is told") {
    Connection connection(PushPolicy::drop, 10);
    CHECK_FALSE(connection.peer.send("12345"));
    CHECK(connection.peer.send("123456") == errc::output_overflow);
    CHECK_FALSE(connection.peer.send("123"));
    CHECK(connection.peer.send("x") == errc::output_overflow);
    CHECK(connection.peer.is_open());
    CHECK(connection.link->collected() == "<12345><123>");
}

TEST_CASE("what is collected and not sent yet counts against the limit") {
    Connection connection(PushPolicy::drop, 10);
    CHECK_FALSE(connection.peer.send("12345678"));

    SUBCASE("collected into nothing") {
        CHECK(connection.link->collected() == "<12345678>");
    }
    SUBCASE("collected behind other output") {
        ByteBuffer out;
        out += "4\n";
        connection.link->collect(out);
        CHECK(out.view() == "4\n<12345678>");
    }
    CHECK(connection.peer.send("x") == errc::output_overflow);
    connection.link->publish_pending(0);
    CHECK_FALSE(connection.peer.send("x"));
}

TEST_CASE("other output counts against the limit") {
    Connection connection(PushPolicy::drop, 10);
    connection.link->publish_pending(9);
    CHECK(connection.peer.send("12") == errc::output_overflow);
    CHECK_FALSE(connection.peer.send("1"));
    connection.link->publish_pending(1000);
    CHECK(connection.peer.send("") == errc::output_overflow);
}

TEST_CASE("a message over the limit by itself is sent when nothing else waits") {
    for (const PushPolicy policy : {PushPolicy::drop, PushPolicy::block, PushPolicy::disconnect}) {
        Connection connection(policy, 10);
        CHECK_FALSE(connection.peer.send("this is longer than ten bytes"));
        CHECK(connection.link->collected() == "<this is longer than ten bytes>");
    }
}

TEST_CASE("disconnect: a message over the limit ends the connection") {
    Connection connection(PushPolicy::disconnect, 10);
    CHECK_FALSE(connection.peer.send("12345"));
    CHECK(connection.link->collected() == "<12345>");
    CHECK(connection.peer.send("too much") == errc::output_overflow);
    CHECK(connection.link->wakes == 2);
    CHECK_FALSE(connection.peer.is_open());
    CHECK(connection.peer.send("x") == errc::connection_closed);

    ByteBuffer out;
    CHECK(connection.link->collect(out) == State::overflowed);
    CHECK(out.empty());
}

TEST_CASE("block: a sender waits until there is room") {
    Connection connection(PushPolicy::block, 10);
    CHECK_FALSE(connection.peer.send("1234567890"));
    WaitingSender sender(connection, "later");

    CHECK(connection.link->collected() == "<1234567890>");
    CHECK_FALSE(sender.has_returned(0s));
    connection.link->publish_pending(6);
    CHECK_FALSE(sender.has_returned(0s));
    connection.link->publish_pending(5);
    CHECK_FALSE(sender.result());
    CHECK(connection.link->collected() == "<later>");
    CHECK(connection.gate->waiting == 0);
}

TEST_CASE("block: a sender waits no longer than the limit says") {
    Connection connection(PushPolicy::block, 10, 1ms);
    CHECK_FALSE(connection.peer.send("1234567890"));
    CHECK(connection.peer.send("late") == errc::output_overflow);
    CHECK(connection.peer.is_open());
    CHECK(connection.gate->waiting == 0);
}

TEST_CASE("block: without a limit on the time a sender waits for ever") {
    Connection connection(PushPolicy::block, 10, 0ms);
    CHECK_FALSE(connection.peer.send("1234567890"));
    WaitingSender sender(connection, "later");
    connection.link->publish_pending(1);
    connection.link->collected();
    connection.link->publish_pending(0);
    CHECK_FALSE(sender.result());
}

TEST_CASE("block: a sender that waits learns at once that the connection has ended") {
    Connection connection(PushPolicy::block, 10);
    CHECK_FALSE(connection.peer.send("1234567890"));
    WaitingSender sender(connection, "never");
    CHECK(connection.link->shut() == 12);
    CHECK(sender.has_returned());
    CHECK(sender.result() == errc::connection_closed);
}

TEST_CASE("block: a sender that waits learns at once that the connection is to close") {
    Connection connection(PushPolicy::block, 10);
    CHECK_FALSE(connection.peer.send("1234567890"));
    WaitingSender sender(connection, "never");
    connection.peer.close();
    CHECK(sender.has_returned());
    CHECK(sender.result() == errc::connection_closed);
    CHECK(connection.link->collected() == "<1234567890>");
}

TEST_CASE("block: a thread that drives connections never waits for one") {
    Connection connection(PushPolicy::block, 10);
    CHECK_FALSE(connection.peer.send("1234567890"));
    const auto before = std::chrono::steady_clock::now();
    {
        const DriverScope scope;
        const DriverScope nested;
        CHECK(DriverScope::is_active());
        CHECK(connection.peer.send("never") == errc::output_overflow);
    }
    CHECK(std::chrono::steady_clock::now() - before < deadline);
    CHECK_FALSE(DriverScope::is_active());
}

TEST_CASE("a driver's mark is its own thread's") {
    const DriverScope scope;
    bool elsewhere = true;
    std::thread([&] { elsewhere = DriverScope::is_active(); }).join();
    CHECK_FALSE(elsewhere);
}

TEST_CASE("block: one connection's room is no room for its neighbour's sender") {
    const auto gate = std::make_shared<PushGate>(PushLimits{10, PushPolicy::block, deadline});
    Connection one(gate);
    Connection other(gate);
    CHECK_FALSE(one.peer.send("1234567890"));
    CHECK_FALSE(other.peer.send("1234567890"));
    WaitingSender sender(one, "later");

    other.link->collected();
    other.link->publish_pending(0);
    CHECK_FALSE(sender.has_returned(0s));
    one.link->collected();
    one.link->publish_pending(0);
    CHECK_FALSE(sender.result());
}

TEST_CASE("close lets through what was sent before, and nothing after") {
    Connection connection(PushPolicy::drop, 1000);
    CHECK_FALSE(connection.peer.send("a"));
    connection.peer.close();
    connection.peer.close();
    CHECK_FALSE(connection.peer.is_open());
    CHECK(connection.peer.send("b") == errc::connection_closed);

    ByteBuffer out;
    CHECK(connection.link->collect(out) == State::close_requested);
    CHECK(out.view() == "<a>");
}

TEST_CASE("a link that is shut counts what was never collected, and wakes nobody any more") {
    Connection connection(PushPolicy::drop, 1000);
    CHECK_FALSE(connection.peer.send("abc"));
    CHECK(connection.link->wakes == 1);
    CHECK(connection.link->shut() == 5);
    CHECK(connection.link->shut() == 0);
    CHECK(connection.peer.send("x") == errc::connection_closed);
    connection.peer.close();
    CHECK(connection.link->wakes == 1);

    ByteBuffer out;
    CHECK(connection.link->collect(out) == State::closed);
    CHECK(out.empty());
}

TEST_CASE("messages of many threads arrive whole, each thread's in its order") {
    constexpr int thread_count = 4;
    constexpr int message_count = 2000;
    for (const PushPolicy policy : {PushPolicy::drop, PushPolicy::block}) {
        // Dropping must not happen here, so only the blocking senders get a tight limit.
        Connection connection(policy, policy == PushPolicy::drop ? 1'000'000 : 100);
        std::atomic<int> failures = 0;
        std::atomic<int> running = thread_count;
        std::vector<std::thread> threads;
        for (int t = 0; t < thread_count; ++t) {
            threads.emplace_back([&, t, peer = connection.peer] {
                for (int i = 0; i < message_count; ++i) {
                    if (peer.send(std::to_string(t) + ":" + std::to_string(i))) ++failures;
                }
                --running;
            });
        }

        ByteBuffer all;
        int collections = 0;
        while (running > 0 || connection.link->needs_attention()) {
            if (!connection.link->needs_attention()) {
                std::this_thread::yield();
                continue;
            }
            ++collections;
            connection.link->collect(all);
            connection.link->publish_pending(0);
        }
        for (std::thread& thread : threads) thread.join();

        CHECK(failures == 0);
        CHECK(connection.link->wakes == collections);
        std::vector<int> next(thread_count, 0);
        std::size_t at = 0;
        while (at < all.size()) {
            const std::size_t end = all.view().find('>', at);
            REQUIRE(end != std::string::npos);
            const int thread = all.view()[at + 1] - '0';
            const int expected = next[static_cast<std::size_t>(thread)]++;
            REQUIRE(all.view().substr(at, end + 1 - at) ==
                    "<" + std::to_string(thread) + ":" + std::to_string(expected) + ">");
            at = end + 1;
        }
        CHECK(next == std::vector<int>(thread_count, message_count));
    }
}

TEST_CASE("a connection may be closed while many threads send") {
    Connection connection(PushPolicy::block, 100);
    std::atomic<std::size_t> accepted = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, peer = connection.peer] {
            while (!peer.send("x")) ++accepted;
            ++refused;
        });
    }
    ByteBuffer all;
    while (all.size() < 3000) {
        connection.link->collect(all);
        connection.link->publish_pending(0);
    }
    const std::size_t unsent = connection.link->shut();
    for (std::thread& thread : threads) thread.join();
    CHECK(refused == 4);
    CHECK((all.size() + unsent) / 3 == accepted);
}

}  // namespace
