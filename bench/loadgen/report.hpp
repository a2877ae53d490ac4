// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What a run has found, as text for people and as JSON for programs.

#ifndef CHARCOUNT_BENCH_LOADGEN_REPORT_HPP
#define CHARCOUNT_BENCH_LOADGEN_REPORT_HPP

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "meter.hpp"
#include "run.hpp"
#include "server_process.hpp"
#include "settings.hpp"

namespace charcount::bench {

/// What kept a run from being faster.
enum class Bottleneck {
    unknown,     ///< the generator did not, and about the server nothing is known
    server,      ///< one of its threads, or all processors that it has, were busy
    generator,   ///< its thread was busy
    both,        ///< each of the two
    neither,     ///< they waited for each other, or for the network
    others,      ///< one of them was ready to run, but the processor was taken
    shared_cpu,  ///< they have one processor, the same
};

/// Of the server: how many processors it has, and whether the generator has the same single one.
struct Cpus {
    int count = 0;
    bool is_shared = false;
};

[[nodiscard]] Bottleneck bottleneck(const Measured& measured, const Cpus& cpus);

/// `server`, `shared_cpu`...
[[nodiscard]] std::string_view name(Bottleneck bottleneck);

/// What the process of the server tells.
struct ServerFacts {
    std::size_t processes = 1;
    Cpus cpus;
    ServerProcess::Memory before;  ///< the connections
    ServerProcess::Memory after;   ///< the run, while they are open
};

struct Result {
    Settings settings;
    std::string target;
    std::size_t messages = 0;  ///< different ones
    bool was_interrupted = false;
    Run run;
    std::optional<Measured> measured;  ///< nothing with idle connections
    std::optional<ServerFacts> server;
};

void print_text(std::ostream& out, const Result& result);
void print_json(std::ostream& out, const Result& result);

/// Bytes for each connection.
[[nodiscard]] double per_connection(const Result& result, std::size_t before, std::size_t after);

}  // namespace charcount::bench

#endif
