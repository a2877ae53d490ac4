// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows how one handler wraps another: a log around any handler, in whichever form that is written.
//
//     ./composing_handlers      serves one line client, then one of a stream; the log on stderr

#include <charcount/client.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/server.hpp>
#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace {

template <charcount::Handler Inner = charcount::CharCountHandler>
class Logged {
public:
    explicit Logged(Inner inner = Inner()) : inner_(std::move(inner)) {}

    void on_open(charcount::Peer& peer) {
        std::clog << "open" << std::endl;
        charcount::call_on_open(inner_, peer);  // if it has that hook
    }

    decltype(auto) operator()(charcount::Peer& peer,
                              std::string_view message) requires charcount::MessageHandler<Inner> {
        std::clog << "message: " << message << std::endl;
        return charcount::call_handler(inner_, peer, message);  // with or without the peer
    }

    void on_chunk(std::string_view piece) requires charcount::ChunkHandler<Inner> {
        bytes_ += piece.size();
        inner_.on_chunk(piece);
    }

    decltype(auto) on_end() requires charcount::ChunkHandler<Inner> {
        std::clog << "message of " << std::exchange(bytes_, 0) << " bytes in pieces" << std::endl;
        return inner_.on_end();
    }

    void on_close(charcount::Peer& peer, std::error_code error) {
        std::clog << "closed: " << (error ? error.message() : "in good order") << std::endl;
        charcount::call_on_close(inner_, peer, error);
    }

private:
    Inner inner_;
    std::size_t bytes_ = 0;
};

template <class Framing>
void serve_one(std::string_view message) {
    charcount::Server<Logged<>, charcount::AsyncTcp, Framing> server{
        {.port = 0, .connections_to_serve = 1}};
    server.start();
    charcount::Client<charcount::BlockingTcp, Framing> client{"127.0.0.1",
                                                              server.local_endpoint().port()};
    std::cout << client.request(message) << '\n';
    client.close();
    server.wait();
}

}  // namespace

int main() {
    serve_one<charcount::LineFraming>("Halo dunia");
    serve_one<charcount::UntilEofFraming>("Sebuah pesan,\nbaris demi baris.\n");
}
