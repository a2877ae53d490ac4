// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler that can't be copied for each connection.

#include <charcount/server.hpp>
#include <memory>
#include <string>
#include <string_view>

struct Bad {
    std::unique_ptr<int> state = nullptr;
    std::string operator()(std::string_view message) const { return std::string(message); }
};

int main() {
    charcount::Server<Bad> server{{.port = 0}};
    server.start();
    server.stop();
    server.wait();
}
