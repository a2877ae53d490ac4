// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The client's translation unit: talks with the server of the other one, and compares.

#include "server.hpp"

#include <iostream>

int main() {
    const auto server = start_server();
    charcount::Client client{"127.0.0.1", server->local_endpoint().port()};
    std::cout << client.request("Grüße") << '\n';
    server->stop();
    server->wait();

    const auto& category = make_error_code(charcount::errc::handler_failed).category();
    if (category != category_of_the_other_unit()) std::cout << "two categories of errors\n";
}
