// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The server over asynchronous transports.

#include <charcount/transport/async.hpp>

#include "serve.hpp"
#include "serve_over.hpp"

void programs::serve_async(const ServerSettings& settings, Log& log) {
    serve_over<charcount::AsyncTcp, charcount::AsyncLocal>(settings, log);
}
