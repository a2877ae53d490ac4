// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows for the guide how a server on raw Asio becomes one on charcount.
//
//     ./from_raw_asio      asks the server before, then the one after

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <charcount/client.hpp>
#include <charcount/server.hpp>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {

using asio::use_awaitable;
using asio::ip::tcp;

std::string answer(std::string_view text) {
    return "you said " + std::string(text);
}

// [before]
asio::awaitable<void> session(tcp::socket socket) {
    std::string data;
    for (;;) {
        const std::size_t size = co_await asio::async_read_until(socket, asio::dynamic_buffer(data),
                                                                 '\n', use_awaitable);
        const std::string reply = answer(std::string_view(data).substr(0, size - 1)) + '\n';
        data.erase(0, size);
        co_await asio::async_write(socket, asio::buffer(reply), use_awaitable);
    }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor) {
    for (;;) {
        tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
        asio::co_spawn(acceptor.get_executor(), session(std::move(socket)), asio::detached);
    }
}
// [before]

void ask(const char* which, std::uint16_t port) {
    charcount::Client client{"127.0.0.1", port};
    std::cout << which << ": " << client.request("hello") << '\n';
}

}  // namespace

int main() {
    asio::io_context context;
    tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    asio::co_spawn(context, accept_all(acceptor), asio::detached);
    std::thread thread([&] { context.run(); });
    ask("before", acceptor.local_endpoint().port());
    context.stop();
    thread.join();

    // [after]
    charcount::Server server{{.port = 0}, answer};
    server.start();
    // [after]
    ask("after", server.local_endpoint().port());
}
