// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The line protocol on Asio with coroutines, as Asio's C++20 examples teach it.
//
// The same steps as in asio_callbacks_peer.cpp, one coroutine for each connection, and with the
// same two kindnesses. The end of a connection is an error code, not an exception, which is
// cheaper than in the examples.

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/redirect_error.hpp>
#include <asio/streambuf.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <cstddef>
#include <exception>
#include <string_view>
#include <system_error>
#include <utility>

#include "peers/asio_contexts.hpp"
#include "peers/line_protocol.hpp"
#include "peers/peer_program.hpp"

namespace {

using asio::ip::tcp;

asio::awaitable<void> talk(tcp::socket socket) {
    asio::streambuf lines(peers::max_line_bytes);
    peers::ReplyBuffer buffer;
    std::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    for (peers::Reply reply; !reply.is_last;) {
        const std::size_t size = co_await asio::async_read_until(socket, lines, '\n', token);
        if (error == asio::error::not_found) {  // the streambuf is full
            reply = {peers::too_long, true};
        } else if (error) {
            co_return;
        } else {
            const auto* text = static_cast<const char*>(lines.data().data());
            reply = peers::make_reply({text, size - 1}, buffer);
        }
        co_await asio::async_write(socket, asio::buffer(reply.text), token);
        if (error) co_return;
        lines.consume(size);
    }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, peers::AsioContexts& contexts) {
    while (true) {
        asio::io_context& context = contexts.next();
        tcp::socket socket = co_await acceptor.async_accept(context, asio::use_awaitable);
        asio::co_spawn(context, talk(std::move(socket)), asio::detached);
    }
}

void serve(const peers::Settings& settings) {
    peers::AsioContexts contexts(settings.threads);
    tcp::acceptor acceptor(contexts.first(), {asio::ip::address_v4::loopback(), settings.port});
    acceptor.set_option(tcp::no_delay(true));  // accepted sockets inherit it
    asio::co_spawn(contexts.first(), accept(acceptor, contexts), [](const std::exception_ptr& end) {
        if (end) std::rethrow_exception(end);
    });
    peers::announce(acceptor.local_endpoint().port());
    contexts.run();
}

}  // namespace

int main(int argc, char** argv) {
    return peers::run_peer(argc, argv, serve);
}
