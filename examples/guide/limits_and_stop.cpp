// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows limits, deadlines and the stop for the guide.
//
//     ./limits_and_stop      a message that is too long, one that never ends, and a stop

#include <charcount/client.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <iostream>
#include <string>
#include <system_error>

int main() {
    // [options]
    using namespace std::chrono_literals;
    charcount::ServerOptions options;
    options.port = 0;                  // any free port
    options.max_connections = 500;     // the next one waits in the backlog
    options.max_message_bytes = 1000;  // a longer one: an error line, then the close
    options.message_timeout = 200ms;   // from its first byte to its last
    options.idle_timeout = 2min;       // a quiet connection is closed
    options.on_accept_error = [](std::error_code error) {
        std::cerr << "accept: " << error.message() << '\n';  // it goes on by itself
    };
    charcount::Server<> server{options};
    // [options]
    server.start();
    const auto port = server.local_endpoint().port();

    charcount::Client wordy{"127.0.0.1", port};
    std::cout << wordy.request(std::string(1001, 'x')) << '\n';

    charcount::Client<charcount::BlockingTcp, charcount::RawFraming> slow{"127.0.0.1", port};
    slow.send("the rest of this line never co");
    std::cout << slow.receive();

    charcount::Client quiet{"127.0.0.1", port};
    std::cout << quiet.request("Halo dunia") << '\n';

    // [stop]
    server.stop(3s);  // returns at once; from any thread
    const charcount::StopReport report = server.wait();
    std::cout << report.drained << " ended in good order, " << report.forced << " were cut off, "
              << report.unsent_bytes << " bytes were not sent\n";
    // [stop]
}
