// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Quick start: a server and a client in one program.
//
// The server counts the characters of each message; the client asks it once. Run it without
// arguments: `quick_start` prints 5, although "Grüße" has seven bytes.

#include <charcount/charcount.hpp>
#include <iostream>

int main() {
    charcount::Server server{{.port = 0}};  // 0: any free port; it owns its threads
    server.start();                         // it listens when this returns

    charcount::Client client{"127.0.0.1", server.local_endpoint().port()};
    std::cout << client.request("Grüße") << '\n';  // 5

    server.stop();  // answers what has arrived, then closes
    server.wait();
}
