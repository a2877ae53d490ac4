// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The client's connection over blocking transports.

#include <charcount/client.hpp>
#include <charcount/transport/blocking.hpp>

#include "connection.hpp"

namespace {

template <class Transport, class F>
class BlockingConnection final : public programs::Connection {
public:
    explicit BlockingConnection(const charcount::ClientOptions& options) : client_(options) {}

    void connect(std::error_code& error) override { client_.connect(error); }

    std::string request(std::string_view message, std::error_code& error) override {
        return client_.request(message, error);
    }

    void send(std::string_view piece, std::error_code& error) override {
        client_.send(piece, error);
    }

    std::string receive(std::error_code& error) override { return client_.receive(error); }

private:
    charcount::Client<Transport, F> client_;
};

}  // namespace

std::unique_ptr<programs::Connection> programs::make_blocking_connection(
    const ClientSettings& settings) {
    return make_connection<BlockingConnection, charcount::BlockingTcp, charcount::BlockingLocal>(
        settings);
}
