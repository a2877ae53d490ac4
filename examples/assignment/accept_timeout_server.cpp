// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The exercise's fourth server: one client after the other, one message each, and the end when
// nobody has connected for 10 seconds. Errors are values here: nothing is thrown.
//
//     accept_timeout_server [host [port [seconds]]]      localhost 12345 10

#include <charcount/framing/raw.hpp>
#include <charcount/server.hpp>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

#include "common.hpp"

namespace {

struct ReportingCounter {
    void on_open(charcount::Peer& peer) const {
        std::cout << "Menerima koneksi dari " << assignment::python_address(peer) << std::endl;
    }

    std::string operator()(std::string_view text) const {
        std::cout << "Menerima " << text.size() << " bytes: " << text << std::endl;
        std::string reply = charcount::CharCountHandler()(text);
        std::cout << "Kirim Respon: " << reply << std::endl;
        return reply;
    }

    void on_close(charcount::Peer&, std::error_code error) const {
        if (error) std::cerr << "Error: " << error.message() << std::endl;
    }
};

int serve(const assignment::Arguments& arguments) {
    charcount::Server<ReportingCounter, charcount::AsyncTcp, charcount::RawFraming> server{{
        .host = arguments.host,
        .port = arguments.port,
        .backlog = 2,
        .max_connections = 1,  // the next client waits until this one is done
        .requests_per_connection = 1,
        .accept_timeout = arguments.timeout,  // settimeout on the listening socket
        .idle_timeout = arguments.timeout,    // which says nothing about a client that is silent
        .stop_on_signals = true,
    }};
    const std::string address = arguments.host + ":" + std::to_string(arguments.port);
    std::error_code error;
    server.start(error);
    if (error) {
        std::cerr << "Error: listen on " << address << ": " << error.message() << std::endl;
        return 1;
    }
    std::cout << "Server listening on " << address << "..." << std::endl;
    if (server.wait().cause == charcount::errc::accept_timed_out)
        std::cout << "Batas waktu socket telah habis, mohon sambungkan kembali" << std::endl;
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return assignment::run(argc, argv, assignment::Takes::host_port_and_seconds, serve);
}
