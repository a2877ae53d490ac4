// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The client's connection over asynchronous transports.

#include <asio/io_context.hpp>
#include <charcount/client.hpp>
#include <charcount/transport/async.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "connection.hpp"

namespace {

/// What an operation came to.
struct Outcome {
    bool is_done = false;
    std::error_code error;
    std::string reply;
};

/// The completion handler of every operation; one type, so that each is compiled once.
struct Keep {
    Outcome* outcome;

    void operator()(std::error_code error, std::string reply = {}) const {
        *outcome = {.is_done = true, .error = error, .reply = std::move(reply)};
    }
};

template <class Transport, class F>
class AsyncConnection final : public programs::Connection {
public:
    explicit AsyncConnection(const charcount::ClientOptions& options) : client_(loop_, options) {}

    void connect(std::error_code& error) override {
        Outcome outcome;
        client_.async_connect(Keep{&outcome});
        error = wait_for(outcome).error;
    }

    std::string request(std::string_view message, std::error_code& error) override {
        Outcome outcome;
        client_.async_request(message, Keep{&outcome});
        error = wait_for(outcome).error;
        return outcome.reply;
    }

    void send(std::string_view piece, std::error_code& error) override {
        Outcome outcome;
        client_.async_send(piece, Keep{&outcome});
        error = wait_for(outcome).error;
    }

    std::string receive(std::error_code& error) override {
        Outcome outcome;
        client_.async_receive(Keep{&outcome});
        error = wait_for(outcome).error;
        return outcome.reply;
    }

private:
    /// Runs the loop until that one operation is done.
    Outcome& wait_for(Outcome& outcome) {
        loop_.restart();
        while (!outcome.is_done && loop_.run_one() > 0) {
        }
        return outcome;
    }

    asio::io_context loop_{1};
    charcount::Client<Transport, F> client_;
};

}  // namespace

std::unique_ptr<programs::Connection> programs::make_async_connection(
    const ClientSettings& settings) {
    return make_connection<AsyncConnection, charcount::AsyncTcp, charcount::AsyncLocal>(settings);
}
