// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler that needs what a blocking transport doesn't have: a loop to be awaited on.

#include <charcount/server.hpp>
#include <charcount/transport/blocking.hpp>
#include <string>
#include <string_view>

#include "../support/fake_awaitable.hpp"

struct Bad {
    charcount::test::FakeAwaitable<std::string> operator()(std::string_view message) const {
        return charcount::test::FakeAwaitable<std::string>(message);
    }
};

int main() {
    charcount::Server<Bad, charcount::BlockingTcp> server{{.port = 0}};
    server.start();
    server.stop();
    server.wait();
}
