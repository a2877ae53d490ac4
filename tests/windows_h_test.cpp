// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// On Windows: charcount after windows.h.

#include <windows.h>
// Nothing may come before it here.
#include <charcount/charcount.hpp>

#include <doctest/doctest.h>

TEST_CASE("a server and a client work in a file that includes windows.h first") {
    charcount::Server server{{.port = 0}};
    server.start();
    charcount::Client client{"127.0.0.1", server.local_endpoint().port()};
    CHECK(client.request("Grüße") == "5");
    server.stop();
    server.wait();
}
