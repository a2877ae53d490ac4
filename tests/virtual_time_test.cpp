// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of a server's deadlines under virtual time: each comes exactly when it is due.

#include <doctest/doctest.h>

#include <asio/error.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/memory.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <support/memory_peer.hpp>
#include <support/memory_server.hpp>
#include <system_error>
#include <vector>

using charcount::errc;
using charcount::MemoryExperiment;
using charcount::MemoryStep;
using charcount::StopReport;
using charcount::UntilEofFraming;
using charcount::test::ends;
using charcount::test::MemoryPeer;
using charcount::test::MemoryServer;
using charcount::test::on_each_transport;
using namespace std::chrono_literals;

namespace {

const std::error_code in_good_order{};

}  // namespace

TEST_SUITE_BEGIN("idle");

TEST_CASE("a quiet connection is closed after 300 s, not before") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server;
        MemoryPeer peer(server.port());
        server.advance(300s - 1ns);
        peer.receive();
        CHECK_FALSE(peer.end);
        server.advance(1ns);
        CHECK(peer.receive().empty());
        CHECK(peer.end == asio::error::eof);
        peer.close();
        server.settle();
        CHECK(server.hooks->ends() == ends(errc::idle_timed_out));
    });
}

TEST_CASE("traffic puts the idle deadline off") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.idle_timeout = 10s});
        MemoryPeer peer(server.port());
        for (int i = 0; i < 5; ++i) {
            server.advance(9s);
            peer.send("Halo\n");
            server.settle();
        }
        CHECK(peer.receive() == "4\n4\n4\n4\n4\n");
        server.advance(10s - 1ns);
        peer.receive();
        CHECK_FALSE(peer.end);
        server.advance(1ns);
        peer.receive();
        CHECK(peer.end == asio::error::eof);
    });
}

TEST_CASE("a push puts the idle deadline off") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.idle_timeout = 10s});
        MemoryPeer peer(server.port());
        server.advance(9s);
        CHECK(server->broadcast("news") == 1);
        server.advance(10s - 1ns);
        CHECK(peer.receive() == "news\n");
        CHECK_FALSE(peer.end);
        server.advance(1ns);
        peer.receive();
        CHECK(peer.end == asio::error::eof);
    });
}

TEST_CASE("without limits nothing ever happens by itself") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 4});
        MemoryServer<Transport> server(
            {.message_timeout = 0ms, .write_timeout = 0ms, .idle_timeout = 0ms});
        MemoryPeer quiet(server.port()), slow(server.port()), deaf(server.port());
        slow.send("Ha");
        for (int i = 0; i < 4; ++i) {
            deaf.send("a\nb\n");
            server.settle();
        }
        server.advance(100'000h);
        slow.send("lo\n");
        quiet.send("a\n");
        server.settle();
        CHECK(slow.receive() == "4\n");
        CHECK(quiet.receive() == "1\n");
        while (deaf.received.size() < 16) {
            const std::size_t before = deaf.received.size();
            deaf.receive();
            server.settle();
            REQUIRE(deaf.received.size() > before);
        }
        CHECK(deaf.received == "1\n1\n1\n1\n1\n1\n1\n1\n");
        CHECK(server.hooks->ends().empty());
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("message");

TEST_CASE("a message has 30 s from its first byte, and further bytes do not renew them") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server;
        MemoryPeer peer(server.port());
        server.advance(100s);
        peer.send("H");
        server.advance(20s);
        peer.send("al");
        server.advance(10s - 1ns);
        CHECK(peer.receive().empty());
        CHECK_FALSE(peer.end);
        server.advance(1ns);
        CHECK(peer.receive() == "error: the message did not arrive in time\n");
        CHECK(peer.end == asio::error::eof);
        peer.close();
        server.settle();
        CHECK(server.hooks->ends() == ends(errc::message_timed_out));
    });
}

TEST_CASE("a message that is whole just in time is answered, and the next has its own time") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server;
        MemoryPeer peer(server.port());
        peer.send("Ha");
        server.advance(30s - 1ns);
        peer.send("lo\nH");
        server.settle();
        CHECK(peer.receive() == "4\n");
        server.advance(30s - 1ns);
        CHECK(peer.receive() == "4\n");
        CHECK_FALSE(peer.end);
        server.advance(1ns);
        CHECK(peer.receive() == "4\nerror: the message did not arrive in time\n");
    });
}

TEST_CASE("a message that comes too late while output waits is refused once") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 4});
        MemoryServer<Transport> server({.message_timeout = 5s});
        MemoryPeer peer(server.port());
        for (const char* bytes : {"a\nb\n", "c\nd\n", "Ha"}) {
            peer.send(bytes);
            server.settle();
        }
        server.advance(5s);
        server.advance(20s);
        for (int i = 0; i < 100 && !peer.end; ++i) {
            peer.receive();
            server.settle();
        }
        CHECK(peer.received == "1\n1\n1\n1\nerror: the message did not arrive in time\n");
        CHECK(peer.end == asio::error::eof);
        peer.close();
        server.settle();
        CHECK(server.hooks->ends() == ends(errc::message_timed_out));
    });
}

TEST_CASE("a stop is not held up by a message that comes too late while output waits") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 4});
        MemoryServer<Transport> server({.message_timeout = 2s});
        MemoryPeer peer(server.port());
        for (const char* bytes : {"a\nb\n", "c\nd\n", "Ha"}) {
            peer.send(bytes);
            server.settle();
        }
        server->stop(4s);
        server.advance(2s);
        server.advance(2s - 1ns);
        CHECK(server.is_running());
        server.advance(1ns);
        CHECK(server.report().unsent_bytes == 4);
    });
}

TEST_CASE("a stream until its end has no message deadline, but may not fall silent") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport, UntilEofFraming> server;
        MemoryPeer peer(server.port());
        for (int i = 0; i < 10; ++i) {
            peer.send("Halo");
            server.advance(299s);
        }
        peer.receive();
        CHECK_FALSE(peer.end);
        server.advance(1s);
        peer.receive();
        CHECK(peer.end == asio::error::eof);
        peer.close();
        server.settle();
        CHECK(server.hooks->ends() == ends(errc::idle_timed_out));
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("write");

TEST_CASE("a peer that does not read is cut off after 30 s without progress") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 4});
        MemoryServer<Transport> server;
        MemoryPeer peer(server.port());
        for (int i = 0; i < 4; ++i) {
            peer.send("a\nb\n");
            server.settle();
        }
        server.advance(30s - 1ns);
        CHECK(server.hooks->ends().empty());
        std::string reply(2, '\0');  // progress
        peer.socket.read_some(asio::buffer(reply), peer.end);
        CHECK(reply == "1\n");
        server.advance(30s - 1ns);
        CHECK(server.hooks->ends().empty());
        server.advance(1ns);
        CHECK(server.hooks->ends() == ends(errc::write_timed_out));
        peer.receive();
        CHECK(peer.end == asio::error::connection_reset);
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("linger");

TEST_CASE("a peer has 1 s to read the last reply and close") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.requests_per_connection = 1});
        MemoryPeer peer(server.port());
        peer.send("Halo\n");
        server.advance(1s - 1ns);
        CHECK(server.hooks->ends().empty());
        server.advance(1ns);
        CHECK(server.hooks->ends() == ends(in_good_order));
        CHECK(peer.receive() == "4\n");
        CHECK(peer.end == asio::error::eof);
    });
}

TEST_CASE("a peer that closes at once is not waited for") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.requests_per_connection = 1});
        MemoryPeer peer(server.port());
        peer.send("Halo\n");
        server.settle();
        CHECK(server.hooks->ends().empty());
        CHECK(peer.receive() == "4\n");
        peer.close();
        server.settle();
        CHECK(server.hooks->ends() == ends(in_good_order));
    });
}

TEST_CASE("a peer that goes on sending is read from, but no longer than the linger timeout") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 100});
        MemoryServer<Transport> server({.max_message_bytes = 10, .linger_timeout = 500ms});
        MemoryPeer peer(server.port());
        peer.send(std::string(50, 'x'));
        for (int i = 0; i < 5; ++i) {
            server.advance(100ms - 1ns);
            CHECK(peer.send(std::string(100, 'x')) == 100);
        }
        server.advance(4ns);
        CHECK(server.hooks->ends().empty());
        server.advance(1ns);
        CHECK(server.hooks->ends() == ends(errc::message_too_long));
        CHECK(peer.receive() == "error: message longer than 10 bytes\n");
    });
}

TEST_CASE("without a linger timeout a connection is closed at once") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.requests_per_connection = 1, .linger_timeout = 0ms});
        MemoryPeer peer(server.port());
        peer.send("Halo\n");
        server.settle();
        CHECK(server.hooks->ends() == ends(in_good_order));
        CHECK(peer.receive() == "4\n");
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("accept");

TEST_CASE("a server that nobody connects to gives up when its time has come") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.accept_timeout = 10s});
        server.advance(10s - 1ns);
        CHECK(server.is_running());
        server.advance(1ns);
        CHECK(server.report().cause == errc::accept_timed_out);
    });
}

TEST_CASE("the accept timeout runs while nobody is connected, each time anew") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.accept_timeout = 10s});
        server.advance(9s);
        {
            MemoryPeer peer(server.port());
            server.advance(100s);
            CHECK(server.is_running());
        }
        server.advance(10s - 1ns);
        CHECK(server.is_running());
        server.advance(1ns);
        CHECK(server.report().cause == errc::accept_timed_out);
    });
}

TEST_CASE("after a failure to accept the server tries again when it said so") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.accept_retry_delay = 50ms});
        std::optional<MemoryExperiment> experiment;
        // The asynchronous server has an accept under way, which fails after it has waited.
        experiment.emplace(charcount::MemoryConditions{.fail_at = 1,
                                                       .fail_count = 3,
                                                       .error = asio::error::no_descriptors,
                                                       .only_step = MemoryStep::accept,
                                                       .fail_late = true});
        MemoryPeer peer(server.port());
        peer.send("Halo\n");
        server.advance(150ms - 1ns);
        CHECK(peer.receive().empty());
        server.advance(1ns);
        server.advance(50ms);
        CHECK(experiment->operations() == 3);
        CHECK(peer.receive().empty());
        server.advance(50ms - 1ns);
        CHECK(peer.receive().empty());
        server.advance(1ns);
        CHECK(peer.receive() == "4\n");
        CHECK(server->stats().accept_failures == 3);
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("drain");

TEST_CASE("a stop waits 5 s for output to drain, then forces it") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 4});
        MemoryServer<Transport> server;
        MemoryPeer peer(server.port());
        peer.send("a\nb\n");
        server.settle();
        peer.send("c\n");
        server.settle();
        server->stop();
        server.advance(5s - 1ns);
        CHECK(server.is_running());
        CHECK(server.hooks->ends().empty());
        server.advance(1ns);
        const StopReport report = server.report();
        CHECK(report.forced == 1);
        CHECK(report.drained == 0);
        CHECK(report.unsent_bytes == 2);
        CHECK(server.hooks->ends() == ends(errc::drain_timed_out));
        peer.receive();
        CHECK(peer.end == asio::error::connection_reset);
    });
}

TEST_CASE("a peer that reads during the drain gets everything") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 4});
        MemoryServer<Transport> server;
        MemoryPeer peer(server.port());
        peer.send("a\nb\n");
        server.settle();
        peer.send("c\n");
        server.settle();
        server->stop();
        server.advance(5s - 1ns);
        peer.receive();
        server.settle();
        CHECK(peer.receive() == "1\n1\n1\n");
        CHECK(peer.end == asio::error::eof);
        peer.close();
        const StopReport report = server.report();
        CHECK(report.drained == 1);
        CHECK(report.unsent_bytes == 0);
    });
}

TEST_CASE("a quiet connection gets its end at once, and may linger no longer than the drain") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server({.linger_timeout = 10s});
        MemoryPeer peer(server.port());
        server.settle();
        server->stop(3s);
        server.settle();
        peer.receive();
        CHECK(peer.end == asio::error::eof);
        server.advance(3s - 1ns);
        CHECK(server.is_running());
        server.advance(1ns);
        CHECK(server.report().drained == 1);
        CHECK(server.hooks->ends() == ends(in_good_order));
    });
}

TEST_CASE("a second stop can bring the deadline nearer, and not put it off") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 4});
        MemoryServer<Transport> server;
        MemoryPeer peer(server.port());
        peer.send("a\nb\n");
        server.settle();
        peer.send("c\n");
        server.settle();
        server->stop(10s);
        server.advance(1s);
        server->stop(20s);
        server->stop(2s);
        server.advance(2s - 1ns);
        CHECK(server.is_running());
        server.advance(1ns);
        CHECK(server.report().forced == 1);
    });
}

TEST_CASE("a stop without time cuts off at once what is left") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.pipe_capacity = 4});
        MemoryServer<Transport> server;
        MemoryPeer quiet(server.port()), deaf(server.port());
        deaf.send("a\nb\n");
        server.settle();
        deaf.send("c\n");
        server.settle();
        server->stop(0ms);
        const StopReport report = server.report();
        CHECK(report.forced + report.drained == 2);
        CHECK(report.forced >= 1);
        CHECK(report.unsent_bytes == 2);
        quiet.receive();
        CHECK(quiet.end == asio::error::eof);
        deaf.receive();
        CHECK(deaf.end == asio::error::connection_reset);
    });
}

TEST_CASE("a message that is not complete is not waited for by a stop") {
    on_each_transport([]<class Transport>() {
        MemoryServer<Transport> server;
        MemoryPeer peer(server.port());
        peer.send("Halo\nHa");
        server.settle();
        server->stop();
        server.settle();
        CHECK(peer.receive() == "4\n");
        CHECK(peer.end == asio::error::eof);
        peer.close();
        server.settle();
        CHECK(server.hooks->ends() == ends(errc::server_stopped));
    });
}

TEST_SUITE_END();
