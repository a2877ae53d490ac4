// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows a handler that awaits before it replies: while it waits, the same thread serves others.
//
//     ./coroutine_handler      two clients ask at once; the one whose answer is quick gets it first

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/client.hpp>
#include <charcount/server.hpp>
#include <charcount/task.hpp>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

namespace {

/// Waits for as many milliseconds as the message says. In a real one: asks a database, say.
// [waiter]
struct Waiter {
    charcount::Task<std::string> operator()(std::string_view text) const {
        const std::chrono::milliseconds time(std::stoi(std::string(text)));
        asio::steady_timer timer(co_await asio::this_coro::executor, time);
        co_await timer.async_wait(asio::use_awaitable);
        co_return "waited " + std::string(text) + " ms";  // the message is still valid here
    }
};
// [waiter]

asio::awaitable<void> ask(asio::io_context& context, std::uint16_t port, std::string message) {
    charcount::Client<charcount::AsyncTcp> client{context, {.port = port}};
    co_await client.async_connect(asio::use_awaitable);
    std::cout << co_await client.async_request(message, asio::use_awaitable) << std::endl;
}

}  // namespace

int main() {
    charcount::Server<Waiter> server{{.port = 0, .threads = 1}};
    server.start();

    asio::io_context context;
    for (const char* message : {"400", "10"})
        asio::co_spawn(context, ask(context, server.local_endpoint().port(), message),
                       asio::detached);
    context.run();

    server.stop();
    server.wait();
}
