// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ScriptedServer: a plain listening socket that does to each client what the test says.

#ifndef CHARCOUNT_TESTS_SUPPORT_SCRIPTED_SERVER_HPP
#define CHARCOUNT_TESTS_SUPPORT_SCRIPTED_SERVER_HPP

#include <asio/basic_socket_acceptor.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/socket_base.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <support/events.hpp>
#include <support/temporary_folder.hpp>
#include <support/test_client.hpp>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace charcount::test {

/// A socket at an address of its own, on loopback or in a temporary folder.
template <class Protocol>
class BoundSocket {
public:
    using Endpoint = typename Protocol::endpoint;

    explicit BoundSocket(const asio::ip::address& address = asio::ip::address_v4::loopback())
        : acceptor_(context_) {
        if constexpr (is_tcp) {
            open({address, 0});
        } else {
            open(Endpoint(folder_.file("socket")));
        }
    }

    [[nodiscard]] Endpoint endpoint() const { return acceptor_.local_endpoint(); }

    /// The address as an error message names it.
    [[nodiscard]] std::string name() const {
        if constexpr (is_tcp) {
            return endpoint().address().to_string() + ":" + std::to_string(endpoint().port());
        } else {
            return endpoint().path();
        }
    }

    void listen(int backlog = asio::socket_base::max_listen_connections) {
        acceptor_.listen(backlog);
    }

    /// Accepts a connection. *Throws*: `std::system_error` when nobody comes.
    void accept(TestClient<Protocol>& connection) {
        std::error_code result = asio::error::timed_out;
        acceptor_.async_accept(connection.socket(), [&](std::error_code error) { result = error; });
        context_.restart();
        context_.run_for(patience);
        if (result) throw std::system_error(result, "scripted server: accept");
    }

    /// Ends `accept`, now or when it is next called. From any thread.
    void give_up() {
        asio::post(context_, [this] { acceptor_.close(); });
    }

private:
    static constexpr bool is_tcp = std::is_same_v<Protocol, asio::ip::tcp>;

    void open(const Endpoint& endpoint) {
        acceptor_.open(endpoint.protocol());
        acceptor_.bind(endpoint);
    }

    TemporaryFolder folder_;
    asio::io_context context_{1};
    asio::basic_socket_acceptor<Protocol, asio::io_context::executor_type> acceptor_;
};

/// Accepts one connection per script, one after the other, on a thread of its own. They stay
/// open until the server is destroyed, unless a script closes them.
template <class Protocol>
class ScriptedServer {
public:
    using Connection = TestClient<Protocol>;
    using Script = std::function<void(Connection&)>;

    explicit ScriptedServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
        socket_.listen();
        thread_ = std::thread([this] { run(); });
    }

    /// Scripts that were not reached are left out.
    ~ScriptedServer() {
        socket_.give_up();
        if (thread_.joinable()) thread_.join();
    }

    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] auto endpoint() const { return socket_.endpoint(); }

    /// The address as an error message names it.
    [[nodiscard]] std::string name() const { return socket_.name(); }

    /// Waits until the scripts have ended. *Throws*: what a script threw.
    void finish() {
        thread_.join();
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void run() {
        try {
            for (const Script& script : scripts_) {
                connections_.push_back(std::make_unique<Connection>());
                socket_.accept(*connections_.back());
                script(*connections_.back());
            }
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    const std::vector<Script> scripts_;
    BoundSocket<Protocol> socket_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::exception_ptr failure_;
    std::thread thread_;
};

}  // namespace charcount::test

#endif
