// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler that returns what is no text.

#include <charcount/server.hpp>
#include <string_view>

struct Bad {
    int operator()(std::string_view message) const { return static_cast<int>(message.size()); }
};

int main() {
    charcount::Server<Bad> server{{.port = 0}};
    server.start();
    server.stop();
    server.wait();
}
