// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What every consumer runs: a server counts a message that a client sends; prints 5.

#include <charcount/charcount.hpp>
#include <iostream>

int main() {
    charcount::Server server{{.port = 0}};
    server.start();

    charcount::Client client{"127.0.0.1", server.local_endpoint().port()};
    std::cout << client.request("Grüße") << '\n';

    server.stop();
    server.wait();
}
