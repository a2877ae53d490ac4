// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A server counts the characters of a message that a client sends.

#include <charcount/charcount.hpp>
#include <iostream>
#include <string>

int main() {
    charcount::Server server{{.port = 0}};
    server.start();

    charcount::Client client{"127.0.0.1", server.local_endpoint().port()};
    const std::string reply = client.request("Grüße");
    std::cout << "charcount " << charcount::version << ": " << reply << " characters\n";

    server.stop();
    server.wait();
    return reply == "5" ? 0 : 1;
}
