// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The line protocol on Asio with callbacks, as Asio's tutorial and examples teach it.
//
// A session holds itself by shared_from_this, reads a line with async_read_until into a streambuf,
// answers it with async_write, and reads the next one: so with pipelined messages, one write for
// each. It is kinder than the examples in two things: TCP_NODELAY is on, and the line is taken
// straight out of the streambuf instead of through an istream.

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/streambuf.hpp>
#include <asio/write.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "peers/asio_contexts.hpp"
#include "peers/line_protocol.hpp"
#include "peers/peer_program.hpp"

namespace {

using asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session> {
public:
    explicit Session(tcp::socket socket) : socket_(std::move(socket)) {}

    void read() {
        asio::async_read_until(
            socket_, lines_, '\n',
            [self = shared_from_this()](const std::error_code& error, std::size_t size) {
                if (error == asio::error::not_found)  // the streambuf is full
                    self->write({peers::too_long, true}, 0);
                else if (!error)
                    self->answer(size);
            });
    }

private:
    void answer(std::size_t size) {
        const std::string_view line(static_cast<const char*>(lines_.data().data()), size - 1);
        write(peers::make_reply(line, reply_), size);
    }

    void write(peers::Reply reply, std::size_t size) {
        asio::async_write(socket_, asio::buffer(reply.text),
                          [self = shared_from_this(), size, is_last = reply.is_last](
                              const std::error_code& error, std::size_t) {
                              self->lines_.consume(size);
                              if (!error && !is_last) self->read();
                          });
    }

    tcp::socket socket_;
    asio::streambuf lines_{peers::max_line_bytes};
    peers::ReplyBuffer reply_;
};

class Server {
public:
    Server(peers::AsioContexts& contexts, std::uint16_t port)
        : contexts_(contexts),
          acceptor_(contexts.first(), {asio::ip::address_v4::loopback(), port}) {
        acceptor_.set_option(tcp::no_delay(true));  // accepted sockets inherit it
    }

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    void accept() {
        acceptor_.async_accept(contexts_.next(),
                               [this](const std::error_code& error, tcp::socket socket) {
                                   if (error) throw std::system_error(error, "accept");
                                   std::make_shared<Session>(std::move(socket))->read();
                                   accept();
                               });
    }

private:
    peers::AsioContexts& contexts_;
    tcp::acceptor acceptor_;
};

void serve(const peers::Settings& settings) {
    peers::AsioContexts contexts(settings.threads);
    Server server(contexts, settings.port);
    server.accept();
    peers::announce(server.port());
    contexts.run();
}

}  // namespace

int main(int argc, char** argv) {
    return peers::run_peer(argc, argv, serve);
}
