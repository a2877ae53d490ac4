// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The server over blocking transports.

#include <charcount/transport/blocking.hpp>

#include "serve.hpp"
#include "serve_over.hpp"

void programs::serve_blocking(const ServerSettings& settings, Log& log) {
    serve_over<charcount::BlockingTcp, charcount::BlockingLocal>(settings, log);
}
