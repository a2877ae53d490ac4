// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Serves with a thread a connection, and on a loop with coroutines as handlers; prints 5 three
// times.

#include <charcount/charcount.hpp>

#include <asio/awaitable.hpp>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using charcount::BlockingTcp;

template <class Coroutine>
struct Lengths {
    Coroutine operator()(std::string_view text) const { co_return std::to_string(text.size()); }
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

template <class Coroutine>
void ask_lengths() {
    using charcount::LengthFraming;
    ask<charcount::Server<Lengths<Coroutine>, charcount::AsyncTcp, LengthFraming>,
        charcount::Client<BlockingTcp, LengthFraming>>("12345");
}

}  // namespace

int main() {
    ask<charcount::Server<charcount::CharCountHandler, BlockingTcp>, charcount::Client<>>("Grüße");
    ask_lengths<asio::awaitable<std::string>>();
    ask_lengths<charcount::Task<std::string>>();
}
