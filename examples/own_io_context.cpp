// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows a server on an io_context of yours, beside a timer of yours: one thread runs all of it.
//
//     ./own_io_context      the timer ticks three times, each tick asks the server, then it ends
//
// A server that lives on your loop starts no thread, and never calls run() itself.

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <charcount/client.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>
#include <system_error>

namespace {

class Ticker {
public:
    Ticker(asio::io_context& context, charcount::Server<>& server)
        : timer_(context),
          server_(server),
          client_(context, {.port = server.local_endpoint().port()}) {
        client_.async_connect([this](std::error_code error) { error ? fail(error) : tick(1); });
    }

private:
    void tick(int number) {
        timer_.expires_after(std::chrono::milliseconds(10));
        timer_.async_wait([this, number](std::error_code) {
            std::cout << "tick " << number << std::endl;
            client_.async_request(std::string(static_cast<std::size_t>(number), 'x'),
                                  [this, number](std::error_code error, const std::string& reply) {
                                      error ? fail(error) : answered(number, reply);
                                  });
        });
    }

    void answered(int number, const std::string& reply) {
        std::cout << "the server counted " << reply << std::endl;
        if (number < 3) return tick(number + 1);
        client_.close();
        server_.stop();  // nothing is left to do then, so run() returns
    }

    void fail(std::error_code error) {
        std::cerr << error.message() << std::endl;
        server_.stop();
    }

    asio::steady_timer timer_;
    charcount::Server<>& server_;
    charcount::Client<charcount::AsyncTcp> client_;
};

}  // namespace

int main() {
    // [context]
    asio::io_context context;
    charcount::Server<> server{context, {.port = 0}};
    server.start();
    Ticker ticker(context, server);
    context.run();
    // [context]
    std::cout << "stopped" << std::endl;
}
