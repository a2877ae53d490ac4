// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The guide's first server: adds up the numbers that a client sends, one in a line.

#include <charcount/charcount.hpp>
#include <iostream>
#include <string>
#include <string_view>

class Adder {
public:
    std::string operator()(std::string_view text) {
        sum_ += std::stol(std::string(text));
        return "the sum is " + std::to_string(sum_);
    }

private:
    long sum_ = 0;
};

int main() {
    charcount::Server<Adder> server{{.port = 5000, .stop_on_signals = true}};
    server.start();
    std::cout << "listening on " << server.local_endpoint() << std::endl;
    server.run();  // until Ctrl-C
    std::cout << "stopped" << std::endl;
}
