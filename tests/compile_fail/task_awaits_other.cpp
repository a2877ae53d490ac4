// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A task that awaits what it can't: nobody would resume it where its connection runs.

#include <charcount/server.hpp>
#include <charcount/task.hpp>
#include <coroutine>
#include <string>
#include <string_view>

struct Bad {
    charcount::Task<std::string> operator()(std::string_view message) const {
        co_await std::suspend_always();
        co_return std::string(message);
    }
};

int main() {
    charcount::Server<Bad> server{{.port = 0}};
    server.start();
    server.stop();
    server.wait();
}
