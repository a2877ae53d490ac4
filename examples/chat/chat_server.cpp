// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// chat_server: the server of the two-way chat, on the console. See --help.

#include <CLI/App.hpp>
#include <csignal>
#include <utility>

#include "../programs/command_line.hpp"
#include "console.hpp"
#include "options.hpp"
#include "side.hpp"

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // whoever reads the log may go away; the chat goes on

    chat::Settings settings;
    bool with_times = false;
    CLI::App app(
        "Waits for clients, prints what they write, and sends each line that is typed\n"
        "to all of them.",
        "chat_server");
    programs::prepare(app, "chat_server [OPTION]...");
    chat::add_options(app, settings);
    chat::add_max_clients(app, settings);
    app.add_flag("--timestamps", with_times, "Print the time of day before each line");
    app.footer(
        "Ends with SIGINT or SIGTERM, and on a terminal with Ctrl-D.\n"
        "Exit status: 0; 1 when it can't listen, 2 for a wrong option.");
    return programs::run(app, argc, argv, [&] {
        const auto make_side = [&](chat::Events events) {
            return chat::make_server(settings, std::move(events));
        };
        return chat::talk_on_console(make_side, with_times, chat::EndOfInput::ends_on_a_terminal);
    });
}
