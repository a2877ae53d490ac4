// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The exercise's second server: one client, whose messages are answered until it closes. The
// sockets close themselves at the end of their scope, as under Python's `with`.
//
//     keep_open_server [host [port]]      localhost 12345

#include <charcount/framing/raw.hpp>
#include <charcount/server.hpp>
#include <iostream>

#include "common.hpp"

namespace {

/// Counts as its base does, and says who connected.
struct AnnouncingCounter : charcount::CharCountHandler {
    void on_open(charcount::Peer& peer) {
        std::cout << assignment::python_address(peer) << std::endl;
    }
};

int serve(const assignment::Arguments& arguments) {
    charcount::Server<AnnouncingCounter, charcount::AsyncTcp, charcount::RawFraming> server{{
        .host = arguments.host,
        .port = arguments.port,
        .connections_to_serve = 1,  // accept once; the session ends when the client closes
        .stop_on_signals = true,
    }};
    server.run();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return assignment::run(argc, argv, assignment::Takes::host_and_port, serve);
}
