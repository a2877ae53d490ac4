// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Opens connections, each of which has proved that the server answers on it.

#ifndef CHARCOUNT_BENCH_LOADGEN_SETUP_HPP
#define CHARCOUNT_BENCH_LOADGEN_SETUP_HPP

#include <vector>

#include "connection.hpp"
#include "requests.hpp"
#include "run.hpp"
#include "settings.hpp"
#include "target.hpp"

namespace charcount::bench {

/// Connects so many times, asks once on each connection and waits for the reply.
///
/// In groups that fit into a small backlog, so that the server has accepted each group before the
/// next one comes. *Throws* `std::runtime_error`.
[[nodiscard]] std::vector<Connection> open_connections(std::size_t amount, const Settings& settings,
                                                       const Requests& requests, Target& target,
                                                       Run& run);

}  // namespace charcount::bench

#endif
