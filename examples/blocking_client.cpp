// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows the blocking client: requests, a deadline, and errors as exceptions or as values.
//
//     ./blocking_client      starts a server, asks it, waits in vain once, ends

#include <charcount/client.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace {

/// Counts; but to "..." it says nothing.
struct Moody {
    std::optional<std::string> operator()(std::string_view text) const {
        if (text == "...") return std::nullopt;
        return charcount::CharCountHandler()(text);
    }
};

}  // namespace

int main() {
    charcount::Server<Moody> server{{.port = 0}};
    server.start();
    const auto port = server.local_endpoint().port();

    // [connect]
    charcount::Client client{"127.0.0.1", port};  // connects, or throws
    for (const char* message : {"Halo dunia", "Grüße", "你好"})
        std::cout << message << ": " << client.request(message) << '\n';
    client.close();
    // [connect]

    // [deadline]
    charcount::ClientOptions options{.port = port};
    options.receive_timeout = std::chrono::milliseconds(100);  // for each reply
    charcount::Client impatient{options};                      // doesn't connect yet
    impatient.connect();
    try {
        impatient.request("...");
    } catch (const std::system_error& error) {
        const bool timed_out = error.code() == charcount::errc::receive_timed_out;
        std::cout << "...: " << (timed_out ? "no reply within 100 ms" : error.what()) << '\n';
    }
    // [deadline]

    server.stop();
    server.wait();

    // [codes]
    std::error_code error;  // the same operations with an error_code throw nothing
    charcount::Client late{charcount::ClientOptions{.port = port}};
    late.connect(error);
    std::cout << "after the stop: " << error.message() << '\n';
    // [codes]
}
