// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the real server in memory: one table of conversations, failing at each operation.

#include <doctest/doctest.h>

#include <array>
#include <asio/awaitable.hpp>
#include <asio/error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/byte_buffer.hpp>
#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/handler.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/server.hpp>
#include <charcount/transport/memory.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <support/memory_peer.hpp>
#include <support/memory_server.hpp>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using charcount::AsyncMemory;
using charcount::BlockingMemory;
using charcount::ByteBuffer;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::MemoryConditions;
using charcount::MemoryExperiment;
using charcount::MemorySide;
using charcount::RawFraming;
using charcount::ServerOptions;
using charcount::UntilEofFraming;
using charcount::test::ConnectionNotes;
using charcount::test::MemoryPeer;
using charcount::test::MemoryServer;
using charcount::test::on_each_transport;
using charcount::test::WatchedHandler;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// Something that a peer, or the server's owner, does. After it, all happens that can.
struct Step {
    enum class What { send, half_close, reset, pass, push, stop };

    What what;
    std::string bytes = {};                   ///< to send or to push
    charcount::MemoryClock::duration time{};  ///< to pass
};

Step send(std::string bytes) {
    return {Step::What::send, std::move(bytes)};
}
Step half_close() {
    return {Step::What::half_close};
}
Step reset() {
    return {Step::What::reset};
}
Step pass(charcount::MemoryClock::duration time) {
    return {Step::What::pass, {}, time};
}
Step push(std::string text) {
    return {Step::What::push, std::move(text)};
}
Step stop() {
    return {Step::What::stop};
}

/// One connection and what its peer is to receive.
struct Script {
    const char* name;
    std::vector<Step> steps;
    std::string received;
    ServerOptions options = {};
    std::size_t pipe_capacity = 64 * 1024;
    bool reads = true;         ///< the peer reads after each step; otherwise at the end
    std::string instead = {};  ///< what else it may get, when it is accepted late
};

std::string repeated(std::string_view text, int times) {
    std::string whole;
    for (int i = 0; i < times; ++i) whole += text;
    return whole;
}

std::string framed(std::string_view text) {
    ByteBuffer frame;
    LengthFraming::encode(frame, text);
    return std::string(frame.view());
}

template <class F>
std::vector<Script> scripts();

template <>
std::vector<Script> scripts<LineFraming>() {
    return {
        {"two messages, then half-close",
         {send("Halo\nGr\xC3\xBC\xC3\x9F"
               "e\n"),
          half_close()},
         "4\n5\n"},
        {"a message in two parts", {send("Halo "), send("dunia\n"), half_close()}, "10\n"},
        {"the last message is cut off",
         {send("Halo\ndun"), half_close()},
         "4\nerror: the last message is not complete\n"},
        {"a burst whose replies do not fit into the connection",
         {send(repeated("Halo\n", 100))},
         repeated("4\n", 100),
         {},
         64},
        {"a peer that reads late",
         {send(repeated("Halo\n", 20)), half_close()},
         repeated("4\n", 20),
         {},
         128,
         false},
        {"little room for output",
         {send(repeated("Halo\n", 100)), half_close()},
         repeated("4\n", 100),
         {.max_pending_output_bytes = 8},
         64},
        {"a large message", {send(std::string(5000, 'x') + "\nHalo\n"), half_close()}, "5000\n4\n"},
        {"a message that is too long",
         {send("0123456789abcdef"), send("more\nHalo\n")},
         "error: message longer than 8 bytes\n",
         {.max_message_bytes = 8}},
        {"a message that comes too late",
         {send("Ha"), pass(30s), send("lo\n")},
         "error: the message did not arrive in time\n",
         {},
         64 * 1024,
         true,
         "4\n"},
        {"a connection that is quiet for a while",
         {send("Halo\n"), pass(5s), send("Hai\n"), pass(5s), half_close()},
         "4\n3\n"},
        {"a connection that is idle for too long", {send("Halo\n"), pass(300s)}, "4\n"},
        {"a reset in the middle", {send("Halo\nHa"), reset()}, "4\n"},
        {"as many requests as are allowed",
         {send("a\nb\nc\n")},
         "1\n1\n",
         {.requests_per_connection = 2}},
        {"pushes between replies",
         {push("one"), send("Halo\n"), push("two"), half_close()},
         "one\n4\ntwo\n"},
        {"a stop with a request before it", {send("Halo\nHa"), stop()}, "4\n"},
        {"a stop while output waits",
         {send(repeated("Halo\n", 20)), stop()},
         repeated("4\n", 20),
         {},
         32,
         false},
        {"the only connection to serve",
         {send("Halo\n"), half_close()},
         "4\n",
         {.connections_to_serve = 1}},
    };
}

template <>
std::vector<Script> scripts<LengthFraming>() {
    return {
        {"messages with any bytes",
         {send(framed("Halo\n") + framed("")), half_close()},
         framed("5") + framed("0")},
        {"a frame in parts",
         {send(framed("Halo").substr(0, 3)), send(framed("Halo").substr(3))},
         framed("4")},
        {"a message that is too long",
         {send(framed("0123456789"))},
         framed("error: message longer than 8 bytes"),
         {.max_message_bytes = 8}},
    };
}

template <>
std::vector<Script> scripts<RawFraming>() {
    return {
        {"a message a send", {send("Halo"), send("dunia!"), half_close()}, "46"},
        {"a message larger than a buffer", {send(std::string(5000, 'x')), half_close()}, "5000"},
        {"a character that is cut", {send("Gr\xC3"), send("\xBC\xC3\x9F"), half_close()}, "22"},
    };
}

template <>
std::vector<Script> scripts<UntilEofFraming>() {
    return {
        {"a stream in pieces", {send("Halo "), send(std::string(5000, 'x')), half_close()}, "5005"},
        {"an empty stream", {half_close()}, "0"},
        {"a stream that is reset", {send("Halo"), reset()}, ""},
        {"a stream through a narrow connection",
         {send(std::string(1000, 'x')), half_close()},
         "1000",
         {},
         16},
    };
}

/// A script at work on a server.
template <class Server>
class Play {
public:
    Play(Server& server, const Script& script) : server_(server), script_(script) {}

    void run() {
        peer.connect(server_.port());
        react();
        for (const Step& step : script_.steps) {
            take(step);
            react();
        }
        peer.receive();
        react();
        peer.receive();
        peer.close();
        server_.settle();
    }

    MemoryPeer peer;
    bool has_stopped = false;

private:
    void take(const Step& step) {
        switch (step.what) {
            case Step::What::send:
                return send_all(step.bytes);
            case Step::What::half_close:
                return peer.half_close();
            case Step::What::reset:
                peer.receive();
                return peer.reset();
            case Step::What::pass:
                return server_.advance(step.time);
            case Step::What::push:
                server_->broadcast(step.bytes);
                return;
            case Step::What::stop:
                has_stopped = true;
                return server_->stop();
        }
    }

    /// As far as the server takes it.
    void send_all(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t sent = peer.send(bytes);
            bytes.remove_prefix(sent);
            const std::size_t before = peer.received.size();
            react();
            if (sent == 0 && peer.received.size() == before) return;
        }
    }

    void react() {
        server_.settle();
        if (!script_.reads) return;
        while (true) {
            const std::size_t before = peer.received.size();
            if (peer.receive().size() == before) return;
            server_.settle();
        }
    }

    Server& server_;
    const Script& script_;
};

MemoryConditions conditions_for(const Script& script) {
    return {.only_side = MemorySide::server, .pipe_capacity = script.pipe_capacity};
}

/// What a peer asks for and gets from a server that is well.
template <class F>
std::pair<std::string, std::string> greeting() {
    if constexpr (std::is_same_v<F, LengthFraming>) return {framed("Halo"), framed("4")};
    if constexpr (std::is_same_v<F, LineFraming>) return {"Halo\n", "4\n"};
    return {"Halo", "4"};
}

/// Takes a second for each message.
template <class Coroutine>
struct SlowHandler {
    explicit SlowHandler(std::shared_ptr<ConnectionNotes> told) : hooks(std::move(told)) {}

    Coroutine operator()(std::string_view message) const {
        charcount::MemoryTimer<> timer(co_await asio::this_coro::executor);
        timer.expires_after(1s);
        co_await timer.async_wait(asio::use_awaitable);
        co_return std::to_string(message.size());
    }

    void on_open(charcount::Peer&) const { hooks->opened(); }
    void on_close(charcount::Peer&, std::error_code error) const { hooks->closed(error); }

    std::shared_ptr<ConnectionNotes> hooks;
};

template <class Transport, class F, class H>
void check_that_it_still_serves(MemoryServer<Transport, F, H>& server) {
    const auto [question, answer] = greeting<F>();
    MemoryPeer peer;
    CHECK_FALSE(peer.connect(server.port()));
    peer.send(question.substr(0, 8));
    if (F::is_stream) peer.half_close();
    server.advance(charcount::CoroutineHandler<H> ? 1s : 0s);
    CHECK(peer.receive() == answer);
    peer.close();
    server.settle();
}

/// Plays a script with an operation that fails; false when none was left to fail.
template <class Transport, class F, class H>
bool play_with_fault(const Script& script, const MemoryConditions& conditions) {
    MemoryServer<Transport, F, H> server(script.options);
    std::optional<MemoryExperiment> experiment(conditions);
    Play play(server, script);
    play.run();
    const bool has_failed = experiment->has_failed();
    experiment.reset();
    const std::string& received = play.peer.received;
    CHECK((script.received.starts_with(received) || script.instead.starts_with(received)));
    if (!has_failed) CHECK(received == script.received);

    for (int i = 0; i < 3; ++i) server.advance(1h);  // retries, lingering, the drain
    CHECK(server.hooks->ends().size() == server.hooks->count_opened());
    CHECK(server->stats().connections_open == 0);
    const bool is_to_end = play.has_stopped || script.options.connections_to_serve > 0;
    if (!is_to_end) check_that_it_still_serves(server);
    if (!is_to_end) server->stop();
    server.report();
    CHECK(server.hooks->ends().size() == server.hooks->count_opened());
    return has_failed;
}

template <class Transport, class F, class H = WatchedHandler>
void fail_at_each_operation(const std::vector<Script>& table = scripts<F>()) {
    for (const Script& script : table)
        for (const bool late : {false, true})
            for (const std::size_t count : {std::size_t{1}, MemoryConditions::unlimited}) {
                MemoryConditions conditions = conditions_for(script);
                conditions.fail_late = late;
                conditions.fail_count = count;
                bool has_failed = true;
                while (has_failed) {
                    ++conditions.fail_at;
                    const std::string what = script.name + (late ? ", late"s : ", at once"s) +
                                             (count == 1 ? ", operation " : ", from operation ") +
                                             std::to_string(conditions.fail_at);
                    CAPTURE(what);
                    has_failed = play_with_fault<Transport, F, H>(script, conditions);
                    REQUIRE(conditions.fail_at < 10'000);
                }
                CHECK(conditions.fail_at > 3);
            }
}

template <class Transport, class F>
void check_outcome(const Script& script, const MemoryConditions& conditions) {
    const std::string what = script.name + ", seed "s + std::to_string(conditions.seed.value_or(0));
    CAPTURE(what);
    const MemoryExperiment experiment(conditions);
    MemoryServer<Transport, F> server(script.options);
    Play play(server, script);
    play.run();
    CHECK(play.peer.received == script.received);
}

template <class Transport, class F>
void cut_transfers_short() {
    for (const Script& script : scripts<F>()) {
        MemoryConditions conditions = conditions_for(script);
        check_outcome<Transport, F>(script, conditions);
        conditions.max_write_bytes = 1;
        check_outcome<Transport, F>(script, conditions);
        // With raw framing a read is a message.
        if (std::is_same_v<F, RawFraming>) continue;
        conditions.max_read_bytes = 1;
        check_outcome<Transport, F>(script, conditions);
        conditions.max_read_bytes = conditions.max_write_bytes = 300;
        for (conditions.seed = 1; *conditions.seed <= 10; ++*conditions.seed)
            check_outcome<Transport, F>(script, conditions);
    }
}

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("a server of lines survives the failure of each operation") {
    on_each_transport([]<class Transport>() { fail_at_each_operation<Transport, LineFraming>(); });
}

TEST_CASE("a server of frames with a length survives the failure of each operation") {
    on_each_transport(
        []<class Transport>() { fail_at_each_operation<Transport, LengthFraming>(); });
}

TEST_CASE("a server of raw messages survives the failure of each operation") {
    on_each_transport([]<class Transport>() { fail_at_each_operation<Transport, RawFraming>(); });
}

TEST_CASE("a server of streams survives the failure of each operation") {
    on_each_transport(
        []<class Transport>() { fail_at_each_operation<Transport, UntilEofFraming>(); });
}

TEST_CASE_TEMPLATE("a server whose handler takes its time survives the failure of each operation",
                   Coroutine, asio::awaitable<std::string>, charcount::Task<std::string>) {
    fail_at_each_operation<AsyncMemory, LineFraming, SlowHandler<Coroutine>>({
        {"messages that wait for each other",
         {send("Halo\nHai\n"), half_close(), pass(1s), pass(1s)},
         "4\n3\n"},
        {"a message that is taken back", {send("Halo\nHai\n"), pass(1s), reset()}, "4\n"},
        {"a stop while a handler works", {send("Halo\n"), stop(), pass(1s)}, "4\n"},
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("short transfers");

TEST_CASE("lines are answered alike when reads and writes are short") {
    on_each_transport([]<class Transport>() { cut_transfers_short<Transport, LineFraming>(); });
}

TEST_CASE("frames with a length are answered alike when reads and writes are short") {
    on_each_transport([]<class Transport>() { cut_transfers_short<Transport, LengthFraming>(); });
}

TEST_CASE("raw messages are answered alike when writes are short") {
    on_each_transport([]<class Transport>() { cut_transfers_short<Transport, RawFraming>(); });
}

TEST_CASE("streams are answered alike when reads and writes are short") {
    on_each_transport([]<class Transport>() { cut_transfers_short<Transport, UntilEofFraming>(); });
}

TEST_SUITE_END();

TEST_CASE("a raw message that is read byte by byte is answered character by character") {
    on_each_transport([]<class Transport>() {
        const MemoryExperiment experiment({.only_side = MemorySide::server, .max_read_bytes = 1});
        MemoryServer<Transport, RawFraming> server;
        MemoryPeer peer(server.port());
        peer.send("a\xC3\xBC\xF0\x9F\x91\xA8z");
        server.settle();
        CHECK(peer.receive() == "1111");
    });
}

TEST_CASE("a server with threads of its own survives faults under load") {
    for (std::size_t nth = 1; nth <= 60; ++nth) {
        CAPTURE(nth);
        const MemoryExperiment experiment({.fail_at = nth,
                                           .fail_count = 1 + nth % 3,
                                           .only_side = MemorySide::server,
                                           .max_read_bytes = 7,
                                           .max_write_bytes = 7,
                                           .seed = nth});
        const auto hooks = std::make_shared<ConnectionNotes>();
        charcount::Server<WatchedHandler, AsyncMemory> server(
            {.threads = 2, .accept_retry_delay = 0ms}, WatchedHandler(hooks));
        std::error_code error;
        do server.start(error);
        while (error);

        const auto ask = [port = server.local_endpoint().port()](int& wrong) {
            charcount::Client<BlockingMemory> client({.port = port});
            for (int i = 0; i < 10; ++i) {
                std::error_code failure;
                if (!client.is_open()) client.connect(failure);
                const std::string reply = client.request("Halo dunia", failure);
                if (!failure && reply != "10") ++wrong;
                if (failure) client.close();
            }
        };
        std::array<int, 3> wrong{};
        std::vector<std::thread> clients;
        for (int& one : wrong) clients.emplace_back([&] { ask(one); });
        for (std::thread& client : clients) client.join();
        CHECK(wrong == std::array<int, 3>{});
        server.stop();
        server.wait();
        CHECK(hooks->ends().size() == hooks->count_opened());
        CHECK(server.stats().connections_open == 0);
    }
}
