// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows the asynchronous client in a coroutine: one request, several at once, one with a limit.
//
//     ./coroutine_client      starts a server, asks it, ends

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <charcount/client.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <variant>

namespace {

using asio::use_awaitable;
using namespace asio::experimental::awaitable_operators;

// [talk]
asio::awaitable<void> talk(asio::io_context& context, charcount::ClientOptions options) {
    charcount::Client<charcount::AsyncTcp> client{context, options};
    co_await client.async_connect(use_awaitable);
    std::cout << "one: " << co_await client.async_request("Halo dunia", use_awaitable) << '\n';

    // Three requests leave at once; each gets its own reply.
    const auto [first, second, third] = co_await (client.async_request("satu", use_awaitable) &&
                                                  client.async_request("Grüße", use_awaitable) &&
                                                  client.async_request("你好", use_awaitable));
    std::cout << "three at once: " << first << ' ' << second << ' ' << third << '\n';

    // Whichever ends first cancels the other. The connection stays usable either way.
    asio::steady_timer limit(context, std::chrono::seconds(5));
    const auto outcome =
        co_await (client.async_request("cepat", use_awaitable) || limit.async_wait(use_awaitable));
    std::cout << "with a limit: " << (outcome.index() == 0 ? std::get<0>(outcome) : "too late")
              << '\n';
    co_await client.async_close(use_awaitable);
}
// [talk]

}  // namespace

int main() {
    charcount::Server<> server{{.port = 0}};
    server.start();

    asio::io_context context;
    asio::co_spawn(context, talk(context, {.port = server.local_endpoint().port()}),
                   [](std::exception_ptr failure) {
                       if (failure) std::rethrow_exception(failure);
                   });
    context.run();

    server.stop();
    server.wait();
}
