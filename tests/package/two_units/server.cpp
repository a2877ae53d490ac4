// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The server's translation unit.

#include "server.hpp"

std::unique_ptr<charcount::Server<>> start_server() {
    auto server = std::make_unique<charcount::Server<>>(charcount::ServerOptions{.port = 0});
    server->start();
    return server;
}

const std::error_category& category_of_the_other_unit() {
    return make_error_code(charcount::errc::handler_failed).category();
}
