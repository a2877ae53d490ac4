// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// chat_client: the client of the two-way chat, on the console. See --help.

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
        "Connects to a server, prints what it writes, and sends it each line that is\n"
        "typed. Connects anew, after waits that grow, when there is no server.",
        "chat_client");
    programs::prepare(app, "chat_client [OPTION]...");
    chat::add_options(app, settings);
    app.add_flag("--timestamps", with_times, "Print the time of day before each line");
    app.footer(
        "Ends with SIGINT or SIGTERM, and once the end of the input has been sent.\n"
        "Exit status: 0, or 2 for a wrong option.");
    return programs::run(app, argc, argv, [&] {
        const auto make_side = [&](chat::Events events) {
            return chat::make_client(settings, std::move(events));
        };
        return chat::talk_on_console(make_side, with_times, chat::EndOfInput::ends);
    });
}
