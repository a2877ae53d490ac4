// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The table of servers that the socket tests run over, and a server of one of its rows.

#ifndef CHARCOUNT_TESTS_SUPPORT_TEST_SERVER_HPP
#define CHARCOUNT_TESTS_SUPPORT_TEST_SERVER_HPP

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/options.hpp>
#include <charcount/server.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <support/hooked_handler.hpp>
#include <support/temporary_folder.hpp>
#include <support/test_client.hpp>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#ifndef CHARCOUNT_TESTS_OWN_SERVERS
#include <support/hooked_servers.hpp>
#endif

namespace charcount::test {

// The rows. `loops`: threads that the server owns; 0: it lives on a loop of the user's.

struct TcpOneLoop {
    using Transport = AsyncTcp;
    static constexpr std::size_t loops = 1;
};
struct TcpTwoLoops {
    using Transport = AsyncTcp;
    static constexpr std::size_t loops = 2;
};
struct TcpUsersLoop {
    using Transport = AsyncTcp;
    static constexpr std::size_t loops = 0;
};
struct TcpBlocking {
    using Transport = BlockingTcp;
    static constexpr std::size_t loops = 1;
};
struct LocalOneLoop {
    using Transport = AsyncLocal;
    static constexpr std::size_t loops = 1;
};
struct LocalUsersLoop {
    using Transport = AsyncLocal;
    static constexpr std::size_t loops = 0;
};
struct LocalBlocking {
    using Transport = BlockingLocal;
    static constexpr std::size_t loops = 1;
};

using TcpRows = std::tuple<TcpOneLoop, TcpTwoLoops, TcpUsersLoop, TcpBlocking>;
using LocalRows = std::tuple<LocalOneLoop, LocalUsersLoop, LocalBlocking>;
using AsyncRows = std::tuple<TcpOneLoop, TcpTwoLoops, TcpUsersLoop, LocalOneLoop, LocalUsersLoop>;
using AllRows = std::tuple<TcpOneLoop, TcpTwoLoops, TcpUsersLoop, TcpBlocking, LocalOneLoop,
                           LocalUsersLoop, LocalBlocking>;

/// For tests that must wait for a while: one row of each kind.
using FewRows = std::tuple<TcpOneLoop, LocalUsersLoop, TcpBlocking>;

template <class Row>
inline constexpr bool is_tcp =
    std::is_same_v<typename Row::Transport::Endpoint, asio::ip::tcp::endpoint>;
template <class Row>
inline constexpr bool is_async = Row::Transport::is_async;

/// A loop of the user's, run by a thread until all work is done.
class UsersLoop {
public:
    UsersLoop() : guard_(context_.get_executor()), thread_([this] { context_.run(); }) {}

    ~UsersLoop() { finish(); }

    UsersLoop(const UsersLoop&) = delete;
    UsersLoop& operator=(const UsersLoop&) = delete;

    /// Waits until nothing is left to do.
    void finish() {
        guard_.reset();
        if (thread_.joinable()) thread_.join();
    }

    /// Runs no more, whatever is left to do.
    void abandon() {
        context_.stop();
        finish();
    }

    [[nodiscard]] asio::io_context& context() noexcept { return context_; }

private:
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::thread thread_;
};

/// A server of one row, listening at an address of its own; not started.
template <class Row, class H = HookedHandler, Framing F = LineFraming>
class TestServer {
public:
    using Server = charcount::Server<H, typename Row::Transport, F>;
    using Endpoint = typename Server::Endpoint;
    using Client = TestClient<typename Row::Transport::Stream::Protocol>;

    explicit TestServer(ServerOptions options = {}, H handler = H(), F framing = F()) {
        if constexpr (!is_tcp<Row>) {
            if (options.path.empty()) options.path = folder_.file("socket");
        }
        if constexpr (Row::loops == 0) {
            loop_.emplace();
            server_.emplace(loop_->context(), std::move(options), std::move(handler),
                            std::move(framing));
        } else {
            options.threads = Row::loops;
            server_.emplace(std::move(options), std::move(handler), std::move(framing));
        }
    }

    explicit TestServer(ServerOptions options,
                        Hooks hooks) requires std::is_same_v<H, HookedHandler>
        : TestServer(std::move(options), HookedHandler(std::move(hooks))) {}

    [[nodiscard]] Server* operator->() noexcept { return &*server_; }
    [[nodiscard]] Server& operator*() noexcept { return *server_; }

    [[nodiscard]] Client connect() { return Client(server_->local_endpoint()); }
    [[nodiscard]] std::vector<std::unique_ptr<Client>> connect_many(std::size_t count) {
        std::vector<std::unique_ptr<Client>> clients;
        for (std::size_t i = 0; i < count; ++i)
            clients.push_back(std::make_unique<Client>(server_->local_endpoint()));
        return clients;
    }

    /// Stops, and waits for the end.
    StopReport stop(std::chrono::milliseconds deadline = patience) {
        server_->stop(deadline);
        return server_->wait();
    }

    /// Destroys the server; the user's loop, where it has one, goes on.
    void destroy() { server_.reset(); }

    /// The user's loop, for the rows that have one.
    [[nodiscard]] UsersLoop& loop() { return *loop_; }

    [[nodiscard]] const TemporaryFolder& folder() const noexcept { return folder_; }

private:
    TemporaryFolder folder_;
    std::optional<UsersLoop> loop_;
    std::optional<Server> server_;
};

/// A server of one row that has started.
template <class Row, class H = HookedHandler, Framing F = LineFraming>
class RunningServer : public TestServer<Row, H, F> {
public:
    explicit RunningServer(ServerOptions options = {}, H handler = H(), F framing = F())
        : TestServer<Row, H, F>(std::move(options), std::move(handler), std::move(framing)) {
        (*this)->start();
    }

    explicit RunningServer(ServerOptions options,
                           Hooks hooks) requires std::is_same_v<H, HookedHandler>
        : RunningServer(std::move(options), HookedHandler(std::move(hooks))) {}
};

}  // namespace charcount::test

#endif
