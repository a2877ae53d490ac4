// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// charcount-server: counts the characters of the messages that it gets. See --help.

#include <CLI/App.hpp>
#include <charcount/options.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "programs/command_line.hpp"
#include "programs/counter.hpp"
#include "programs/log.hpp"
#include "programs/platform.hpp"
#include "programs/serve.hpp"
#include "programs/settings.hpp"

namespace {

using namespace programs;

void add_unit(CLI::App& app, UnitKind& target) {
    std::vector<std::pair<std::string, UnitKind>> choices{{"code-points", UnitKind::code_points},
                                                          {"bytes", UnitKind::bytes},
                                                          {"utf16", UnitKind::utf16_units}};
    if (has_graphemes) choices.emplace_back("graphemes", UnitKind::graphemes);
    auto* unit = add_choice(app, "--unit", target, choices, "What is counted [code-points]");
    if (has_graphemes) return;
    unit->check([](const std::string& text) {
        return text == "graphemes" ? "'graphemes' needs a charcount-server built with utf8proc "
                                     "(Debian, Ubuntu: libutf8proc-dev)"
                                   : "";
    });
}

void add_kinds(CLI::App& app, ServerSettings& settings) {
    add_framing(app, settings.framing);
    add_transport(app, settings.transport, "Loops for all connections [async], or a thread each");
    add_number<std::size_t>(app, "--threads", settings.options.threads, 1, 1024, "N",
                            "Loops of the async transport, each with a thread");
    add_unit(app, settings.unit);
}

void add_limits(CLI::App& app, charcount::ServerOptions& options) {
    add_option(app, "--max-message", "BYTES", "The longest message [1048576; eof: any length]",
               [&](const std::string& text) {
                   options.max_message_bytes = parse_number<std::uint64_t>(
                       "--max-message", text, 1, std::numeric_limits<std::int64_t>::max());
               });
    add_number<std::size_t>(app, "--max-connections", options.max_connections, 1, 1'000'000, "N",
                            "Open at once; more wait in the backlog");
    add_number(app, "--backlog", options.backlog, 1, std::numeric_limits<int>::max(), "N",
               "Connections that the kernel keeps waiting");
    add_seconds(app, "--idle-timeout", options.idle_timeout,
                "How long a connection may be quiet [300]");
    add_seconds(app, "--message-timeout", options.message_timeout,
                "How long a message may take to arrive [30; eof: 0]");
    add_seconds(app, "--write-timeout", options.write_timeout,
                "How long a client may read nothing of its replies [30]");
    add_seconds(app, "--drain-timeout", options.drain_timeout,
                "How long connections may go on after a signal [5; 0: not at all]");
}

void add_log_level(CLI::App& app, LogLevel& level) {
    const auto set = [&level](LogLevel wish) { return [&level, wish] { level = wish; }; };
    app.add_flag_callback("--quiet", set(LogLevel::quiet),
                          "Print neither connections nor what fails on them");
    app.add_flag_callback("--verbose", set(LogLevel::verbose), "Print each message as well");
}

void reject_contradictions(const CLI::App& app, const ServerSettings& settings) {
    if (app.count("--threads") > 0 && settings.transport == TransportKind::blocking)
        throw CLI::ValidationError("--threads",
                                   "a blocking server has a thread for each connection");
    if (app.count("--quiet") > 0 && app.count("--verbose") > 0)
        throw CLI::ExcludesError("--verbose", "--quiet");
}

int serve_until_signal(ServerSettings& settings) {
    Log log(settings.log_level);
    settings.options.stop_on_signals = true;
    settings.options.on_accept_error = [&](std::error_code error) { log.accept_failed(error); };
    const bool is_async = settings.transport == TransportKind::async;
    (is_async ? serve_async : serve_blocking)(settings, log);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    // Whoever reads the log may go away; the server stays.
    ignore_broken_pipes();

    ServerSettings settings;
    settings.options.port = 12345;
    CLI::App app("Counts the characters of each message and replies with the number.",
                 "charcount-server");
    prepare(app, "charcount-server [OPTION]...");
    add_address(app, settings.options, 0);
    add_kinds(app, settings);
    add_limits(app, settings.options);
    add_log_level(app, settings.log_level);
    app.footer(
        "Seconds may have a fraction; 0 is no limit, unless said.\n"
        "SIGINT and SIGTERM stop the server: it answers what has arrived, then prints a report.\n"
        "Exit status: 0 after a signal, 1 when the server can't listen, 2 for a wrong option.");
    return run(app, argc, argv, [&] {
        reject_contradictions(app, settings);
        return serve_until_signal(settings);
    });
}
