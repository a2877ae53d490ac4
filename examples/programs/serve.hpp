// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The server with its transport chosen at run time; each kind is compiled in a file of its own.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_SERVE_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_SERVE_HPP

#include "log.hpp"
#include "settings.hpp"

namespace programs {

/// Serves with a loop for many connections, until a signal. *Throws*: `std::system_error`.
void serve_async(const ServerSettings& settings, Log& log);

/// Serves with a thread a connection, until a signal. *Throws*: `std::system_error`.
void serve_blocking(const ServerSettings& settings, Log& log);

}  // namespace programs

#endif
