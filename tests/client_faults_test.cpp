// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the real clients in memory: tables of calls, failing at each operation.

#include <doctest/doctest.h>

#include <array>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <charcount/client.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/memory.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
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
using charcount::Client;
using charcount::ClientOptions;
using charcount::errc;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::Memory;
using charcount::MemoryClock;
using charcount::MemoryConditions;
using charcount::MemoryExperiment;
using charcount::MemorySide;
using charcount::MemoryStep;
using charcount::RawFraming;
using charcount::ServerOptions;
using charcount::UntilEofFraming;
using charcount::test::MemoryPeer;
using charcount::test::MemoryServer;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

/// A call on a client: what it should come to, and what it came to.
struct Call {
    std::string expected = {};
    std::error_code expected_error = {};
    int times = 0;
    std::error_code error = {};
    std::string reply = {};

    auto listener() {
        return [this](std::error_code told, const std::string& text = {}) {
            ++times;
            error = told;
            reply = text;
        };
    }
};

void check(const Call& call, bool may_fail) {
    CHECK(call.times == 1);
    if (!call.error) CHECK(call.reply == call.expected);
    if (!may_fail) CHECK(call.error == call.expected_error);
}

/// What a table is about, besides the calls.
struct Setting {
    const char* name;
    ServerOptions server = {};
    ClientOptions client = {};
    std::size_t pipe_capacity = 64 * 1024;
    std::size_t addresses = 1;
};

MemoryConditions conditions_for(const Setting& setting) {
    return {.only_side = MemorySide::client,
            .pipe_capacity = setting.pipe_capacity,
            .addresses_per_name = setting.addresses};
}

/// The server is more patient than its clients: so it is always they who give up.
ServerOptions server_options_for(const Setting& setting) {
    ServerOptions options = setting.server;
    options.message_timeout = options.write_timeout = 100s;
    return options;
}

ClientOptions options_for(const Setting& setting, std::uint16_t port) {
    ClientOptions options = setting.client;
    options.port = port;
    return options;
}

/// Lets each operation fail, alone and with all that follow, at once and late. `play` says
/// whether one has failed.
template <class PlayFunction>
void fail_at_each_operation(const Setting& setting, PlayFunction play) {
    for (const bool late : {false, true})
        for (const std::size_t count : {std::size_t{1}, MemoryConditions::unlimited}) {
            MemoryConditions conditions = conditions_for(setting);
            conditions.fail_late = late;
            conditions.fail_count = count;
            bool has_failed = true;
            while (has_failed) {
                ++conditions.fail_at;
                const std::string what = setting.name + (late ? ", late"s : ", at once"s) +
                                         (count == 1 ? ", operation " : ", from operation ") +
                                         std::to_string(conditions.fail_at);
                CAPTURE(what);
                has_failed = play(conditions);
                REQUIRE(conditions.fail_at < 10'000);
            }
            CHECK(conditions.fail_at > 3);
        }
}

/// An asynchronous client and its server on one loop.
template <class F = LineFraming>
class Scene {
public:
    explicit Scene(const Setting& setting)
        : server(server_options_for(setting)),
          client(server.loop(), options_for(setting, server.port())) {}

    void connect(std::error_code expected = {}) {
        client.async_connect(expect({}, expected).listener());
    }
    void request(std::string_view message, std::string expected, std::error_code error = {}) {
        client.async_request(message, expect(std::move(expected), error).listener());
    }
    void send(std::string_view message) { client.async_send(message, expect({}).listener()); }
    void receive(std::string expected, std::error_code error = {}) {
        client.async_receive(expect(std::move(expected), error).listener());
    }
    void finish_sending() { client.async_finish_sending(expect({}).listener()); }
    void close() { client.async_close(expect({}).listener()); }
    void settle() { server.settle(); }

    Call& expect(std::string reply, std::error_code error = {}) {
        return calls.emplace_back(Call{std::move(reply), error});
    }

    MemoryServer<AsyncMemory, F> server;
    Client<AsyncMemory, F> client;
    std::deque<Call> calls;
    asio::cancellation_signal signal;
};

template <class F>
struct AsyncScript : Setting {
    std::function<void(Scene<F>&)> play;
};

template <class F>
void check_that_it_connects_anew(Scene<F>& scene) {
    scene.client.close();
    scene.settle();
    scene.calls.clear();
    scene.connect();
    scene.settle();
    scene.request("Halo", "4");
    scene.settle();
    if (!F::is_stream) scene.close();
    scene.settle();
    for (const Call& call : scene.calls) check(call, false);
    CHECK_FALSE(scene.client.is_open());
}

template <class F>
bool play_with_fault(const AsyncScript<F>& script, const MemoryConditions& conditions) {
    Scene<F> scene(script);
    std::optional<MemoryExperiment> experiment(conditions);
    script.play(scene);
    scene.settle();
    const bool has_failed = experiment->has_failed();
    experiment.reset();
    for (int i = 0; i < 3; ++i) scene.server.advance(1h);  // what waited is given up by now
    for (const Call& call : scene.calls) check(call, has_failed);
    check_that_it_connects_anew(scene);
    scene.server->stop();
    scene.server.report();
    scene.server.loop().restart();
    scene.server.loop().poll();
    CHECK(scene.server.loop().stopped());  // nothing waits for anything any more
    return has_failed;
}

template <class F>
void play_all(const std::vector<AsyncScript<F>>& scripts) {
    for (const AsyncScript<F>& script : scripts) {
        fail_at_each_operation(script, [&](const MemoryConditions& conditions) {
            return play_with_fault(script, conditions);
        });
        if (std::is_same_v<F, RawFraming>) continue;  // a transfer is a message
        MemoryConditions conditions = conditions_for(script);
        conditions.max_read_bytes = conditions.max_write_bytes = 1;
        CHECK_FALSE(play_with_fault(script, conditions));
        conditions.max_read_bytes = conditions.max_write_bytes = 30;
        for (conditions.seed = 1; *conditions.seed < 10; ++*conditions.seed)
            CHECK_FALSE(play_with_fault(script, conditions));
    }
}

}  // namespace

TEST_SUITE_BEGIN("asynchronous");

TEST_CASE("an asynchronous client of lines survives the failure of each operation") {
    using Lines = Scene<LineFraming>;
    play_all<LineFraming>({
        {{"one request"},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.request("Halo dunia", "10");
             scene.settle();
             scene.close();
         }},
        {{"requests in one turn, then in several"},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             for (std::size_t i = 1; i <= 3; ++i)
                 scene.request(std::string(i, 'x'), std::to_string(i));
             scene.settle();
             for (std::size_t i = 1; i <= 3; ++i) {
                 scene.request(std::string(i, 'x'), std::to_string(i));
                 scene.settle();
             }
             scene.close();
         }},
        {{"a burst through a narrow connection", {}, {}, 16},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             for (std::size_t i = 1; i <= 20; ++i)
                 scene.request(std::string(i, 'x'), std::to_string(i));
         }},
        {{"sent and received apart"},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.send("a");
             scene.send("bc");
             scene.receive("1");
             scene.settle();
             scene.receive("2");
             scene.receive({}, asio::error::operation_aborted);
             scene.settle();
             scene.client.close();
         }},
        {{"news between replies"},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.server->broadcast("news");
             scene.receive("news");
             scene.settle();
             scene.request("Halo", "4");
             scene.settle();
         }},
        {{"a server that closes in between", {.requests_per_connection = 2}},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.request("a", "1");
             scene.request("bc", "2");
             scene.request("too many", {}, errc::connection_closed);
             scene.receive({}, errc::connection_closed);
         }},
        {{"a message that is too long for the server", {.max_message_bytes = 8}},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.request("Halo dunia", "error: message longer than 8 bytes");
             scene.request("Halo", {}, errc::connection_closed);
         }},
        {{"a request that is cancelled on its way"},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.request("a", "1");
             scene.client.async_request(
                 "bc", asio::bind_cancellation_slot(
                           scene.signal.slot(),
                           scene.expect({}, asio::error::operation_aborted).listener()));
             scene.request("def", "3");
             scene.server.loop().restart();
             for (int i = 0; i < 2; ++i) scene.server.loop().poll_one();  // it has begun
             scene.signal.emit(asio::cancellation_type::terminal);
             scene.settle();
             scene.request("ghij", "4");
         }},
        {{"a request that is cancelled before it has begun"},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.request("a", "1");
             scene.client.async_request(
                 "bc", asio::bind_cancellation_slot(
                           scene.signal.slot(),
                           scene.expect({}, asio::error::operation_aborted).listener()));
             scene.signal.emit(asio::cancellation_type::terminal);
             scene.request("def", "3");
         }},
        {{"a connect that is cancelled, then another"},
         [](Lines& scene) {
             scene.client.async_connect(asio::bind_cancellation_slot(
                 scene.signal.slot(), scene.expect({}, asio::error::operation_aborted).listener()));
             scene.server.loop().restart();
             scene.server.loop().poll_one();  // it has begun
             scene.signal.emit(asio::cancellation_type::terminal);
             scene.settle();
             scene.client.async_connect(asio::bind_cancellation_slot(
                 scene.signal.slot(), scene.expect({}, asio::error::operation_aborted).listener()));
             scene.signal.emit(asio::cancellation_type::terminal);
             scene.settle();
             scene.connect();
             scene.settle();
             scene.request("Halo", "4");
         }},
        {{"several addresses", {}, {}, 64 * 1024, 3},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.request("Halo", "4");
         }},
        {{"an orderly close with requests under way", {}, {}, 8},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             for (std::size_t i = 1; i <= 9; ++i)
                 scene.request(std::string(i, 'x'), std::to_string(i));
             scene.close();
         }},
        {{"a close at once"},
         [](Lines& scene) {
             scene.connect();
             scene.settle();
             scene.request("a", {}, asio::error::operation_aborted);
             scene.receive({}, asio::error::operation_aborted);
             scene.server.loop().restart();
             for (int i = 0; i < 2; ++i) scene.server.loop().poll_one();  // both have begun
             scene.client.close();
         }},
    });
}

TEST_CASE("an asynchronous client of frames with a length survives the failure of each operation") {
    play_all<LengthFraming>({{{"any bytes"}, [](Scene<LengthFraming>& scene) {
                                  scene.connect();
                                  scene.settle();
                                  scene.request("Halo\n", "5");
                                  scene.request("", "0");
                                  scene.settle();
                                  scene.close();
                              }}});
}

TEST_CASE("an asynchronous client of raw messages survives the failure of each operation") {
    play_all<RawFraming>({{{"one after the other"}, [](Scene<RawFraming>& scene) {
                               scene.connect();
                               scene.settle();
                               scene.request("Halo", "4");
                               scene.settle();
                               scene.close();
                           }}});
}

TEST_CASE("an asynchronous client of streams survives the failure of each operation") {
    using Streams = Scene<UntilEofFraming>;
    play_all<UntilEofFraming>({
        {{"in one request", {}, {}, 16},
         [](Streams& scene) {
             scene.connect();
             scene.settle();
             scene.request(std::string(100, 'x'), "100");
         }},
        {{"in pieces"},
         [](Streams& scene) {
             scene.connect();
             scene.settle();
             scene.send("Halo ");
             scene.settle();
             scene.send("dunia");
             scene.finish_sending();
             scene.receive("10");
         }},
    });
}

TEST_SUITE_END();

TEST_CASE("a connect that fails goes on with the next address") {
    for (std::size_t failures = 1; failures <= 3; ++failures)
        for (const bool late : {false, true}) {
            CAPTURE(failures);
            CAPTURE(late);
            const Setting setting{"several addresses", {}, {}, 64 * 1024, 3};
            Scene<> scene(setting);
            MemoryConditions conditions = conditions_for(setting);
            conditions.fail_at = 1;
            conditions.fail_count = failures;
            conditions.only_step = MemoryStep::connect;
            conditions.fail_late = late;
            const MemoryExperiment experiment(conditions);
            scene.connect(failures < 3 ? std::error_code() : conditions.error);
            scene.settle();
            check(scene.calls.front(), false);
            CHECK(scene.client.is_open() == (failures < 3));
        }
}

TEST_CASE("a loop that ends takes a client's calls with it") {
    const auto owned = std::make_shared<int>(0);
    {
        MemoryServer<BlockingMemory> server;
        asio::io_context loop;
        Client<AsyncMemory> client(loop, {.port = server.port()});
        client.async_connect([](std::error_code) {});
        loop.poll();
        client.async_receive([owned](std::error_code, const std::string&) {});
        client.async_request("Halo", [owned](std::error_code, const std::string&) {});
        loop.restart();
        loop.poll_one();
    }
    CHECK(owned.use_count() == 1);
}

namespace {

/// Calls of a blocking client and what they came to.
template <class F>
class BlockingScene {
public:
    explicit BlockingScene(ClientOptions options) : client(std::move(options)) {}

    void connect(std::error_code expected = {}) {
        note({}, expected, [&](std::error_code& error) { return client.connect(error), ""s; });
    }
    void request(std::string_view message, std::string expected,
                 std::error_code expected_error = {}) {
        note(std::move(expected), expected_error,
             [&](std::error_code& error) { return client.request(message, error); });
    }
    void send(std::string_view message) {
        note({}, {}, [&](std::error_code& error) { return client.send(message, error), ""s; });
    }
    void receive(std::string expected, std::error_code expected_error = {}) {
        note(std::move(expected), expected_error,
             [&](std::error_code& error) { return client.receive(error); });
    }
    void finish_sending() {
        note({}, {}, [&](std::error_code& error) { return client.finish_sending(error), ""s; });
    }

    Client<BlockingMemory, F> client;
    std::vector<Call> calls;

private:
    template <class Function>
    void note(std::string expected, std::error_code expected_error, Function function) {
        Call call{std::move(expected), expected_error};
        call.reply = function(call.error);
        ++call.times;
        calls.push_back(std::move(call));
    }
};

template <class F>
struct BlockingScript : Setting {
    std::function<void(BlockingScene<F>&)> play;
};

/// Runs on a thread of its own, and lets time pass whenever all wait.
void run_in_virtual_time(const std::function<void()>& task) {
    std::promise<void> known;
    auto done = std::async(std::launch::async, [&] {
        // From now on this thread is known, and not idle unless it waits.
        Memory::Waker waker;
        Memory::wait(waker, MemoryClock::now());
        known.set_value();
        task();
    });
    known.get_future().wait();
    for (int steps = 0; done.wait_for(0s) != std::future_status::ready; ++steps) {
        REQUIRE(Memory::wait_until_idle());
        REQUIRE(steps < 10'000);
        if (done.wait_for(0s) != std::future_status::ready) MemoryClock::advance(1s);
    }
    done.get();
}

template <class F>
bool play_with_fault(const BlockingScript<F>& script, const MemoryConditions& conditions) {
    MemoryServer<BlockingMemory, F> server(server_options_for(script));
    BlockingScene<F> scene(options_for(script, server.port()));
    std::optional<MemoryExperiment> experiment(conditions);
    run_in_virtual_time([&] { script.play(scene); });
    const bool has_failed = experiment->has_failed();
    experiment.reset();
    for (const Call& call : scene.calls) check(call, has_failed);
    scene.client.close();
    scene.calls.clear();
    run_in_virtual_time([&] {
        scene.connect();
        scene.request("Halo", "4");
        scene.client.close();
    });
    for (const Call& call : scene.calls) check(call, false);
    return has_failed;
}

template <class F>
void play_all(const std::vector<BlockingScript<F>>& scripts) {
    for (const BlockingScript<F>& script : scripts) {
        fail_at_each_operation(script, [&](const MemoryConditions& conditions) {
            return play_with_fault(script, conditions);
        });
        if (std::is_same_v<F, RawFraming>) continue;  // a transfer is a message
        MemoryConditions conditions = conditions_for(script);
        conditions.max_read_bytes = conditions.max_write_bytes = 1;
        CHECK_FALSE(play_with_fault(script, conditions));
        conditions.max_read_bytes = conditions.max_write_bytes = 30;
        for (conditions.seed = 1; *conditions.seed < 10; ++*conditions.seed)
            CHECK_FALSE(play_with_fault(script, conditions));
    }
}

}  // namespace

TEST_SUITE_BEGIN("blocking");

TEST_CASE("a blocking client of lines survives the failure of each operation") {
    using Lines = BlockingScene<LineFraming>;
    play_all<LineFraming>({
        {{"requests, one after the other"},
         [](Lines& scene) {
             scene.connect();
             for (std::size_t i = 1; i <= 3; ++i)
                 scene.request(std::string(i, 'x'), std::to_string(i));
         }},
        {{"a large request through a narrow connection", {}, {}, 16},
         [](Lines& scene) {
             scene.connect();
             scene.request(std::string(100, 'x'), "100");
         }},
        {{"sent and received apart"},
         [](Lines& scene) {
             scene.connect();
             scene.send("a");
             scene.send("bc");
             scene.finish_sending();
             scene.receive("1");
             scene.receive("2");
             scene.receive({}, errc::connection_closed);
         }},
        {{"a server that closes in between", {.requests_per_connection = 1}},
         [](Lines& scene) {
             scene.connect();
             scene.request("a", "1");
             scene.receive({}, errc::connection_closed);
         }},
        {{"a message that is too long for the server", {.max_message_bytes = 8}},
         [](Lines& scene) {
             scene.connect();
             scene.request("Halo dunia", "error: message longer than 8 bytes");
             scene.receive({}, errc::connection_closed);
         }},
        {{"a reply that does not come in time"},
         [](Lines& scene) {
             scene.connect();
             scene.receive({}, errc::receive_timed_out);
             scene.request("Halo", "4");
         }},
        {{"several addresses", {}, {}, 64 * 1024, 3},
         [](Lines& scene) {
             scene.connect();
             scene.request("Halo", "4");
         }},
    });
}

TEST_CASE("a blocking client of frames with a length survives the failure of each operation") {
    play_all<LengthFraming>({{{"any bytes"}, [](BlockingScene<LengthFraming>& scene) {
                                  scene.connect();
                                  scene.request("Halo\n", "5");
                                  scene.request("", "0");
                              }}});
}

TEST_CASE("a blocking client of raw messages survives the failure of each operation") {
    play_all<RawFraming>({{{"one after the other"}, [](BlockingScene<RawFraming>& scene) {
                               scene.connect();
                               scene.request("Halo", "4");
                               scene.request("dunia!", "6");
                           }}});
}

TEST_CASE("a blocking client of streams survives the failure of each operation") {
    using Streams = BlockingScene<UntilEofFraming>;
    play_all<UntilEofFraming>({
        {{"in one request", {}, {}, 16},
         [](Streams& scene) {
             scene.connect();
             scene.request(std::string(100, 'x'), "100");
         }},
        {{"in pieces"},
         [](Streams& scene) {
             scene.connect();
             scene.send("Halo ");
             scene.send("dunia");
             scene.finish_sending();
             scene.receive("10");
         }},
    });
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("deadlines");

namespace {

/// A port whose backlog is full.
struct FullPort {
    FullPort() {
        std::error_code error;
        acceptor.listen(charcount::MemoryEndpoint(0), 1, error);
        for (MemoryPeer& peer : peers) peer.connect(port());
    }

    [[nodiscard]] std::uint16_t port() const {
        std::error_code ignored;
        return acceptor.local_endpoint(ignored).port();
    }

    asio::io_context loop;
    Memory::Acceptor<asio::io_context::executor_type> acceptor{loop};
    std::array<MemoryPeer, 2> peers;
};

}  // namespace

TEST_CASE("an asynchronous client gives up to connect when its time has come") {
    const FullPort full;
    asio::io_context loop;
    Client<AsyncMemory> client(loop, {.port = full.port()});
    Call call;
    client.async_connect(call.listener());
    loop.poll();
    MemoryClock::advance(10s - 1ns);
    loop.poll();
    CHECK(call.times == 0);
    MemoryClock::advance(1ns);
    loop.poll();
    CHECK(call.times == 1);
    CHECK(call.error == errc::connect_timed_out);
}

TEST_CASE("a blocking client gives up to connect when its time has come") {
    const FullPort full;
    const MemoryExperiment experiment({.only_step = MemoryStep::connect});
    Client<BlockingMemory> client({.port = full.port()});
    auto connected = std::async(std::launch::async, [&] {
        std::error_code error;
        client.connect(error);
        return error;
    });
    while (experiment.operations() == 0) std::this_thread::yield();
    MemoryClock::advance(10s - 1ns);
    CHECK(connected.wait_for(0s) == std::future_status::timeout);
    MemoryClock::advance(1ns);
    REQUIRE(connected.wait_for(5s) == std::future_status::ready);
    CHECK(connected.get() == errc::connect_timed_out);
}

TEST_CASE("an asynchronous call that is not answered gives up when its time has come") {
    std::error_code ignored;
    asio::io_context loop;
    Memory::Acceptor<asio::io_context::executor_type> acceptor(loop);
    acceptor.listen(charcount::MemoryEndpoint(0), 1, ignored);
    Client<AsyncMemory> client(loop, {.port = acceptor.local_endpoint(ignored).port()});
    Call connected, first, second;
    client.async_connect(connected.listener());
    loop.poll();
    client.async_request("Halo", first.listener());
    loop.restart();
    loop.poll();
    MemoryClock::advance(20s);
    client.async_request("dunia", second.listener());
    loop.poll();
    MemoryClock::advance(10s - 1ns);
    loop.poll();
    CHECK(first.times == 0);
    MemoryClock::advance(1ns);
    loop.poll();
    CHECK(first.error == errc::receive_timed_out);
    CHECK(second.times == 0);
    MemoryClock::advance(20s);
    loop.poll();
    CHECK(second.error == errc::receive_timed_out);
    CHECK(first.times + second.times == 2);
}

TEST_CASE("an asynchronous call that can't be sent gives up when its time has come") {
    const MemoryExperiment experiment({.pipe_capacity = 4});
    std::error_code ignored;
    asio::io_context loop;
    Memory::Acceptor<asio::io_context::executor_type> acceptor(loop);
    acceptor.listen(charcount::MemoryEndpoint(0), 1, ignored);
    Client<AsyncMemory> client(loop, {.port = acceptor.local_endpoint(ignored).port()});
    Call connected, sent;
    client.async_connect(connected.listener());
    loop.poll();
    client.async_send("Halo dunia", sent.listener());
    loop.restart();
    loop.poll();
    MemoryClock::advance(30s - 1ns);
    loop.poll();
    CHECK(sent.times == 0);
    MemoryClock::advance(1ns);
    loop.poll();
    CHECK(sent.times == 1);
    CHECK(sent.error == errc::send_timed_out);
}

TEST_SUITE_END();
