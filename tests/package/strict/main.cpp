// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Serves with a thread a connection, and on a loop with an awaitable handler; prints 5 and 5.

#include <charcount/charcount.hpp>

#include <asio/awaitable.hpp>
#include <iostream>
#include <string>
#include <string_view>

namespace {

struct Lengths {
    asio::awaitable<std::string> operator()(std::string_view text) const {
        co_return std::to_string(text.size());
    }
};

template <class Server, class Client>
void ask(std::string_view text) {
    Server server{{.port = 0}};
    server.start();
    Client client{"127.0.0.1", server.local_endpoint().port()};
    std::cout << client.request(text) << '\n';
    server.stop();
    server.wait();
}

}  // namespace

int main() {
    using charcount::BlockingTcp;
    using charcount::LengthFraming;
    ask<charcount::Server<charcount::CharCountHandler, BlockingTcp>, charcount::Client<>>("Grüße");
    ask<charcount::Server<Lengths, charcount::AsyncTcp, LengthFraming>,
        charcount::Client<BlockingTcp, LengthFraming>>("12345");
}
