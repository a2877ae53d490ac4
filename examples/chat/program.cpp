// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The options of the chat's programs; CLI11 reads them, here alone, as it takes long to compile.

#include "program.hpp"

#include <CLI/App.hpp>
#include <cstddef>
#include <string>
#include <utility>

#include "../programs/command_line.hpp"
#include "../programs/platform.hpp"
#include "line.hpp"

namespace {

using namespace chat;
using namespace programs;

void check_name(const std::string& name) {
    const auto lines = printable_lines(name);
    if (name.size() > 64 || is_blank(name) || lines.size() != 1 || lines[0] != name)
        throw CLI::ValidationError("--name",
                                   "a name has 1 to 64 bytes of text and no control characters");
}

void add_talk(CLI::App& app, const Program& program, Settings& settings) {
    add_host_and_port(app, settings, 1);
    add_choice<Wire>(app, "--framing", settings.wire, {{"raw", Wire::raw}, {"line", Wire::line}},
                     "Where a message ends. raw: with what arrives at once, as plain\n"
                     "programs send it [this]; line: at LF, both ends alike");
    add_option(app, "--name", "NAME", "Goes before each line that is written here",
               [&settings](const std::string& text) {
                   check_name(text);
                   settings.name = text;
               });
    if (program.is_server)
        add_number<std::size_t>(app, "--max-clients", settings.max_clients, 1, 10'000, "N",
                                "At once; one more waits until another leaves");
}

void add_looks(CLI::App& app, const Program& program, Options& options) {
    if (!program.has_window) {
        app.add_flag("--timestamps", options.with_times, "Print the time of day before each line");
        return;
    }
    options.with_times = true;
    app.add_flag_callback(
        "--no-timestamps", [&options] { options.with_times = false; },
        "Don't show the time of day before each line");
    add_choice<Theme>(app, "--theme", options.theme,
                      {{"system", Theme::system}, {"light", Theme::light}, {"dark", Theme::dark}},
                      "Colours of the window [system]");
}

std::string footer(const Program& program) {
    if (program.has_window) return "Exit status: 0; 1 without a display, 2 for a wrong option.";
    if (program.is_server)
        return "Ends with SIGINT or SIGTERM, and on a terminal with Ctrl-D.\n"
               "Exit status: 0; 1 when it can't listen, 2 for a wrong option.";
    return "Ends with SIGINT or SIGTERM, and once the end of the input has been sent.\n"
           "Exit status: 0, or 2 for a wrong option.";
}

}  // namespace

chat::MakeSide chat::side_of(const Program& program, const Options& options) {
    return [make = program.is_server ? make_server : make_client, settings = options.settings](
               Events events) { return make(settings, std::move(events)); };
}

int chat::run_program(const Program& program, int argc, char** argv,
                      const std::function<int(const Program&, const Options&)>& body) {
    // Whoever reads the log may go away: a server goes on, and so does what has a window.
    if (program.is_server || program.has_window) programs::ignore_broken_pipes();

    Options options;
    CLI::App app(program.description, program.name);
    prepare(app, program.name + " [OPTION]...");
    add_talk(app, program, options.settings);
    add_looks(app, program, options);
    app.footer(footer(program));
    return run(app, argc, argv, [&] { return body(program, options); });
}
