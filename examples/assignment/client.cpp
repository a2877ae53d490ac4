// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The exercise's client: asks for a message, sends it, prints the server's reply, closes.
//
//     client [host [port [seconds]]]      localhost 12345 10: how long each step may take

#include <charcount/client.hpp>
#include <charcount/framing/raw.hpp>
#include <iostream>
#include <stdexcept>
#include <string>

#include "common.hpp"

namespace {

int ask(const assignment::Arguments& arguments) {
    // The message comes first: a server that serves one client at a time doesn't wait for typing.
    std::cout << "Masukkan pesan: " << std::flush;
    std::string message;
    std::getline(std::cin, message);
    if (message.empty()) throw std::runtime_error("the message is empty, nothing was sent");

    charcount::Client<charcount::BlockingTcp, charcount::RawFraming> client{{
        .host = arguments.host,  // every address of the host is tried
        .port = arguments.port,
        .resolve_timeout = arguments.timeout,
        .connect_timeout = arguments.timeout,
        .send_timeout = arguments.timeout,
        .receive_timeout = arguments.timeout,
    }};
    client.connect();
    const std::string reply = client.request(message);
    std::cout << "Balasan dari server: " << reply << std::endl;
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return assignment::run(argc, argv, assignment::Takes::host_port_and_seconds, ask);
}
