// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler that can't be called.

#include <charcount/server.hpp>

struct Bad {};

int main() {
    charcount::Server<Bad> server{{.port = 0}};
    server.start();
    server.stop();
    server.wait();
}
