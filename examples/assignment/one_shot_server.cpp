// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The exercise's third server: waits for one client, answers its one message with a sentence, and
// ends.
//
//     one_shot_server [host [port]]      localhost 12345

#include <charcount/framing/raw.hpp>
#include <charcount/server.hpp>
#include <charcount/utf8.hpp>
#include <iostream>
#include <string>
#include <string_view>

#include "common.hpp"

namespace {

struct SentenceHandler {
    std::string operator()(charcount::Peer& peer, std::string_view text) const {
        std::cout << "Request dari client : " << text << std::endl;
        std::cout << "IP client : " << assignment::python_address(peer) << std::endl;
        const charcount::Utf8Scan scan = charcount::scan_utf8(text);
        if (scan.status != charcount::Utf8Status::valid) return charcount::CharCountHandler()(text);
        return "Jumlah karakter dalam kalimat tersebut adalah " + std::to_string(scan.code_points);
    }
};

int serve(const assignment::Arguments& arguments) {
    charcount::Server<SentenceHandler, charcount::AsyncTcp, charcount::RawFraming> server{{
        .host = arguments.host,
        .port = arguments.port,
        .backlog = 1,
        .connections_to_serve = 1,     // one client
        .requests_per_connection = 1,  // one message
        .stop_on_signals = true,
    }};
    server.start();  // listens from here on
    std::cout << "Waiting..." << std::endl;
    server.wait();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return assignment::run(argc, argv, assignment::Takes::host_and_port, serve);
}
