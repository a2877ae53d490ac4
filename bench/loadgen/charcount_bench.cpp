// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// charcount-bench: loads a server and measures it. See --help and bench/README.md.

#include <sched.h>

#include <CLI/App.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "programs/command_line.hpp"
#include "report.hpp"
#include "requests.hpp"
#include "run_bench.hpp"
#include "settings.hpp"

namespace charcount::bench {
namespace {

constexpr std::size_t most_bytes_in_flight = std::size_t{64} * 1024 * 1024;

void add_load(CLI::App& app, Settings& settings) {
    using programs::add_number;
    programs::add_choice<Mode>(
        app, "--mode", settings.mode,
        {{"load", Mode::load}, {"connect", Mode::connect}, {"idle", Mode::idle}},
        "load: ask on connections that stay [this]; connect: connect, ask,\n"
        "close; idle: ask once on each, then see what memory they cost");
    add_number<std::size_t>(app, "--connections", settings.connections, 1, 1'000'000, "N",
                            "Open at a time");
    add_number<std::size_t>(app, "--depth", settings.depth, 1, 65'536, "N",
                            "Requests in flight on each connection");
    add_number<std::size_t>(app, "--burst", settings.burst, 1, 65'536, "N",
                            "Send as many requests at once, or more");
    add_number<std::size_t>(app, "--size", settings.message_bytes, 1, 16'777'216, "BYTES",
                            "Of a message, without the line's end");
    std::vector<std::pair<std::string, std::string>> texts;
    for (const TextKind& kind : text_kinds())
        texts.emplace_back(option_name(kind), option_name(kind));
    programs::add_choice<std::string>(app, "--text", settings.text, texts,
                                      "What messages are made of [ascii]");
}

void add_bounds(CLI::App& app, Settings& settings) {
    using programs::add_seconds;
    add_seconds(app, "--warm-up", settings.warm_up, "Before it measures [1]");
    add_seconds(app, "--duration", settings.duration, "How long it measures [3]");
    programs::add_option(app, "--requests", "N",
                         "Measure until so many are answered; at most 60 seconds,\n"
                         "or the --duration",
                         [&](const std::string& text) {
                             settings.most_requests = programs::parse_number<std::uint64_t>(
                                 "--requests", text, 1, 1'000'000'000'000'000);
                         });
    add_seconds(app, "--idle-seconds", settings.idle, "Of --mode idle: the quiet time [2.5]");
    add_seconds(app, "--grace", settings.grace,
                "How much longer than that the whole run may take [5]");
}

void add_machine(CLI::App& app, Settings& settings) {
    programs::add_option(
        app, "--server-pid", "PID", "The server's process: tells its processor time and memory",
        [&](const std::string& text) {
            settings.server_pid = programs::parse_number<pid_t>("--server-pid", text, 1, 1 << 30);
        });
    programs::add_option(
        app, "--pin", "CPU", "Run on this processor only", [&](const std::string& text) {
            settings.cpu = programs::parse_number<int>("--pin", text, 0, CPU_SETSIZE - 1);
        });
    app.add_flag("--json", settings.is_json, "Print one JSON object instead of text");
}

void complete(const CLI::App& app, Settings& settings) {
    const auto given = [&](const char* name) { return app.count(name) > 0; };
    if (settings.mode != Mode::load && (given("--depth") || given("--burst")))
        throw CLI::ValidationError("--depth and --burst", "only for --mode load");
    if (settings.mode == Mode::idle && !settings.server_pid)
        throw CLI::ValidationError("--mode idle", "needs --server-pid");
    if (settings.burst > settings.depth)
        throw CLI::ValidationError("--burst", "more than the --depth");
    if ((settings.message_bytes + 1) * settings.depth > most_bytes_in_flight)
        throw CLI::ValidationError("--size", "with this --depth it is more than 64 MiB in flight");
    if (given("--requests") && !given("--duration")) settings.duration = std::chrono::seconds(60);
    if (settings.mode != Mode::idle && settings.duration.count() == 0)
        throw CLI::ValidationError("--duration", "must be more than 0");
}

}  // namespace
}  // namespace charcount::bench

int main(int argc, char** argv) {
    using namespace charcount::bench;
    Result result;
    Settings& settings = result.settings;
    CLI::App app("Asks a server to count characters, checks each reply, and measures both sides.",
                 "charcount-bench");
    programs::prepare(app, "charcount-bench [OPTION]...");
    programs::add_address(app, settings, 1);
    add_load(app, settings);
    add_bounds(app, settings);
    add_machine(app, settings);
    app.footer(
        "Seconds may have a fraction. SIGINT and SIGTERM end the run, with its report.\n"
        "Exit status: 0 when every reply was right; 1 when one was not, or a connection\n"
        "failed; 2 for a wrong option.");
    return programs::run(app, argc, argv, [&] {
        complete(app, settings);
        run_bench(result);
        return 0;
    });
}
