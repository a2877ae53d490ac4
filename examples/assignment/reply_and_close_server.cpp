// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The exercise's first server: for ever, accepts a client, answers one message with the number of
// its characters and closes the connection.
//
//     reply_and_close_server [host [port]]      localhost 12345; Ctrl-C ends it
//     printf 'Halo dunia' | nc localhost 12345

#include <charcount/framing/raw.hpp>
#include <charcount/server.hpp>

#include "common.hpp"

namespace {

int serve(const assignment::Arguments& arguments) {
    using charcount::AsyncTcp, charcount::CharCountHandler, charcount::RawFraming;
    charcount::Server<CharCountHandler, AsyncTcp, RawFraming> server{{
        .host = arguments.host,  // socket, bind
        .port = arguments.port,
        .backlog = 5,                  // listen(5)
        .requests_per_connection = 1,  // one recv, one send, close
        .stop_on_signals = true,
    }};
    server.run();  // while True: accept
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return assignment::run(argc, argv, assignment::Takes::host_and_port, serve);
}
