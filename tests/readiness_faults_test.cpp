// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of sessions on an EpollLoop whose sockets fail at each operation, or take little at once.

#include <doctest/doctest.h>

#include <charcount/detail/platform.hpp>

#if CHARCOUNT_HAS_EPOLL

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <charcount/detail/descriptor.hpp>
#include <charcount/detail/epoll_acceptor.hpp>
#include <charcount/detail/epoll_executor.hpp>
#include <charcount/detail/epoll_loop.hpp>
#include <charcount/detail/epoll_transport.hpp>
#include <charcount/detail/handler_servers.hpp>
#include <charcount/detail/loop_threads.hpp>
#include <charcount/detail/native_socket.hpp>
#include <charcount/detail/server_core.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <support/events.hpp>
#include <support/hooked_handler.hpp>
#include <support/test_client.hpp>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using charcount::LineFraming;
using charcount::ServerOptions;
using charcount::StopReport;
using charcount::detail::Descriptor;
using charcount::detail::EpollAcceptor;
using charcount::detail::EpollExecutor;
using charcount::detail::EpollLoop;
using charcount::detail::NativeSocket;
using charcount::test::eventually;
using charcount::test::HookedHandler;
using charcount::test::Hooks;
using charcount::test::Log;
using charcount::test::noting_ends;
using charcount::test::patience;
using namespace std::chrono_literals;

using Client = charcount::test::TestClient<asio::ip::tcp>;
using Errors = std::vector<std::error_code>;

constexpr int never = std::numeric_limits<int>::max();

// What is wrong with a socket. Operations are counted from 1.
struct Faults {
    int read = never;   ///< the read that fails
    int write = never;  ///< the write that fails
    int watch = never;  ///< the time that epoll refuses it
    std::size_t max_write = std::numeric_limits<std::size_t>::max();  ///< bytes at once
    std::error_code error = asio::error::timed_out;
};

// A socket with the faults that were `next` when it was accepted.
class FaultySocket : public NativeSocket<asio::ip::tcp> {
    using Base = NativeSocket<asio::ip::tcp>;

public:
    explicit FaultySocket(const EpollExecutor& executor) : Base(executor) {}
    explicit FaultySocket(Descriptor descriptor) : Base(std::move(descriptor)) {
        if (!is_open()) return;
        const std::lock_guard lock(mutex);
        faults_ = std::exchange(next, std::nullopt).value_or(Faults());
    }

    /// Those of the next connection alone, once the one before is accepted.
    [[nodiscard]] static bool set_next(const Faults& faults) {
        return eventually([&] {
            const std::lock_guard lock(mutex);
            if (next) return false;
            next = faults;
            return true;
        });
    }

    // Only its session asks for it, to have it watched.
    [[nodiscard]] int native_handle() { return faults_.watch-- == 1 ? -1 : Base::native_handle(); }

    std::size_t read_some(const asio::mutable_buffer& buffer, std::error_code& error) {
        if (faults_.read-- == 1) return fail(error);
        return Base::read_some(buffer, error);
    }

    std::size_t write_some(const asio::const_buffer& bytes, std::error_code& error) {
        if (faults_.write-- == 1) return fail(error);
        return Base::write_some(asio::buffer(bytes, faults_.max_write), error);
    }

private:
    std::size_t fail(std::error_code& error) const {
        error = faults_.error;
        return 0;
    }

    inline static std::mutex mutex;  ///< guards the next
    inline static std::optional<Faults> next;

    Faults faults_;
};

struct FaultyTransport : charcount::detail::EpollTransport<charcount::Tcp, false> {
    using Socket = FaultySocket;
    using Acceptor = EpollAcceptor<asio::ip::tcp, FaultySocket>;
};

// As a charcount::Server that owns one thread.
class FaultyServer {
public:
    explicit FaultyServer(Hooks hooks, const ServerOptions& options = {})
        : core_(std::make_shared<Server>(threads_.loop(0).get_executor(), options,
                                         HookedHandler(std::move(hooks)), LineFraming())) {
        std::error_code error;
        core_->listen(error);
        REQUIRE_FALSE(error);
        threads_.start();
        core_->ledger.on_finish([this](const StopReport&) { threads_.stop(); });
        core_->begin();
    }

    ~FaultyServer() {
        core_->stop(0ms);
        core_->ledger.wait();
        threads_.join();
    }

    FaultyServer(const FaultyServer&) = delete;
    FaultyServer& operator=(const FaultyServer&) = delete;

    /// A client whose connection has these faults.
    [[nodiscard]] Client connect(const Faults& faults) {
        REQUIRE(FaultySocket::set_next(faults));
        return Client(core_->local_endpoint());
    }

    void stop() { core_->stop(patience); }

    [[nodiscard]] auto stats() const { return core_->stats(); }

private:
    using Server =
        charcount::detail::AsyncHandlerServer<HookedHandler, LineFraming, FaultyTransport>;

    charcount::detail::LoopThreads<EpollLoop> threads_{1};
    std::shared_ptr<charcount::detail::ServerCore<asio::ip::tcp::endpoint>> core_;
};

// Three requests, each after the reply before it, then the end.
std::string converse(Client& client) {
    std::string received;
    for (const std::string request : {"one", "two", "three"}) {
        if (client.try_send(request + '\n')) break;
        received += client.read_line() + '\n';
        if (received.find('<') != std::string::npos) return received;
    }
    std::error_code ignored;
    client.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    return received + client.read_to_end();
}

// Lets the first operation fail, then the second, until none is left to fail.
void fail_each(int Faults::*operation, int at_least) {
    const std::string whole = "one\ntwo\nthree\n";
    int failures = 0;
    for (bool has_failed = true; has_failed;) {
        Log<std::error_code> ends;
        FaultyServer server(noting_ends(ends));
        Client bystander = server.connect({});
        REQUIRE(bystander.ask("before") == "before");

        Faults faults;
        faults.*operation = failures + 1;
        Client client = server.connect(faults);
        const std::string received = converse(client);
        client.close();
        const Errors errors = ends.wait_for(1);
        REQUIRE(errors.size() == 1);
        has_failed = errors.front() == faults.error;
        CAPTURE(failures);
        CAPTURE(received);
        if (has_failed) {
            ++failures;
            CHECK(whole.starts_with(received.substr(0, received.find('<'))));  // how it ended
        } else {
            CHECK_FALSE(errors.front());
            CHECK(received == whole);
        }

        CHECK(bystander.ask("after") == "after");
        CHECK(server.connect({}).ask("next") == "next");
        REQUIRE(failures < 100);
    }
    CHECK(failures >= at_least);
}

TEST_CASE("a read that fails ends its own connection, with that error") {
    fail_each(&Faults::read, 4);  // three requests and the end
}

TEST_CASE("a write that fails ends its own connection, with that error") {
    fail_each(&Faults::write, 3);
}

TEST_CASE("a failed connection tells the error that it failed with") {
    Log<std::error_code> ends;
    FaultyServer server(noting_ends(ends));
    Errors errors;
    for (const std::error_code error :
         {make_error_code(asio::error::host_unreachable), make_error_code(asio::error::broken_pipe),
          make_error_code(asio::error::connection_reset)}) {
        errors.push_back(error);
        Client client = server.connect({.read = 1, .error = error});
        client.send("Halo\n");
        CHECK(ends.wait_for(errors.size()) == errors);
    }
    CHECK(eventually([&] { return server.stats().connections_open == 0; }));  // a moment later
}

TEST_CASE("a connection that epoll refuses ends with that error") {
    constexpr std::size_t much = 16 * 1024 * 1024;  // more than a connection holds
    Log<std::error_code> ends;
    ServerOptions options;
    options.max_message_bytes = much;
    FaultyServer server(noting_ends(ends), options);
    Client bystander = server.connect({});
    std::string request = "Halo";
    Faults faults;
    SUBCASE("at its beginning") {
        faults.watch = 1;
    }
    SUBCASE("when its output has to wait") {
        faults.watch = 2;
        request.assign(much, 'x');
    }
    Client client = server.connect(faults);
    [[maybe_unused]] const auto error = client.try_send(request + '\n');
    CHECK(ends.wait_for(1) == Errors{asio::error::bad_descriptor});
    CHECK(bystander.ask("others") == "others");
    CHECK(server.connect({}).ask("next") == "next");
}

TEST_CASE("replies that go out in small pieces arrive whole and in order") {
    Log<std::error_code> ends;
    FaultyServer server(noting_ends(ends));
    for (std::size_t most = 1; most <= 5; ++most) {
        Client client = server.connect({.max_write = most});
        client.socket().set_option(asio::ip::tcp::no_delay(true));
        std::string all;
        for (std::size_t i = 0; i < 200; ++i) all += std::string(i % 23, 'x') + "\n";
        for (std::size_t sent = 0; sent < all.size(); sent += most)
            client.send(std::string_view(all).substr(sent, most));
        client.finish_sending();
        CHECK(client.read_to_end() == all);
        CHECK(ends.wait_for(most) == Errors(most));
    }
}

TEST_CASE("small pieces that the peer does not read yet go out when it does") {
    Log<std::error_code> ends;
    ServerOptions options;
    options.max_message_bytes = 8 * 1024 * 1024;
    FaultyServer server(noting_ends(ends), options);
    Client client = server.connect({.max_write = 1'000});
    const std::string message(*options.max_message_bytes, 'x');
    client.send(message + '\n');
    REQUIRE(client.receives_within(patience));
    CHECK(client.read_line() == message);
    CHECK(client.ask("still there") == "still there");
}

TEST_CASE("a stop answers what has arrived on a connection that takes little at once") {
    Log<std::error_code> ends;
    FaultyServer server(noting_ends(ends));
    Client client = server.connect({.max_write = 1});
    client.send_and_arrive("one\ntwo\nthree\n");
    server.stop();
    CHECK(client.read_to_end() == "one\ntwo\nthree\n");
    client.close();
    CHECK(ends.wait_for(1) == Errors{{}});
}

}  // namespace

#endif
