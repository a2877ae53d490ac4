// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The line protocol by charcount itself, with default options: all limits and deadlines are on.
//
// The variants: `default`, what `charcount::Server` is; `blocking`, a thread for each connection;
// `coroutine`, a handler that is a `charcount::Task`; `awaitable`, one that is an
// `asio::awaitable`.

#include <asio/awaitable.hpp>
#include <charcount/char_count_handler.hpp>
#include <charcount/count_reply.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/server.hpp>
#include <charcount/task.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <string_view>

#include "peers/peer_program.hpp"

namespace {

template <class Coroutine>
struct CountIn {
    Coroutine operator()(std::string_view message) const { co_return counter(message); }

    charcount::CharCountHandler counter;
};

template <class Server>
void run(const peers::Settings& settings) {
    Server server{{.port = settings.port, .threads = settings.threads, .stop_on_signals = true}};
    server.start();
    peers::announce(server.local_endpoint().port());
    server.run();
}

void serve(const peers::Settings& settings) {
    if (settings.variant == "blocking")
        run<charcount::Server<charcount::CharCountHandler, charcount::BlockingTcp>>(settings);
    else if (settings.variant == "coroutine")
        run<charcount::Server<CountIn<charcount::Task<charcount::CountReply>>>>(settings);
    else if (settings.variant == "awaitable")
        run<charcount::Server<CountIn<asio::awaitable<charcount::CountReply>>>>(settings);
    else
        run<charcount::Server<>>(settings);
}

}  // namespace

int main(int argc, char** argv) {
    return peers::run_peer(argc, argv, serve, {"default", "blocking", "coroutine", "awaitable"});
}
