// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The options that the chat's programs have in common.

#ifndef CHARCOUNT_EXAMPLES_CHAT_OPTIONS_HPP
#define CHARCOUNT_EXAMPLES_CHAT_OPTIONS_HPP

#include <CLI/App.hpp>
#include <cstddef>
#include <string>

#include "../programs/command_line.hpp"
#include "line.hpp"
#include "side.hpp"

namespace chat {

/// The options of both ends. A server also has `add_max_clients`.
inline void add_options(CLI::App& app, Settings& settings) {
    using namespace programs;
    add_host_and_port(app, settings, 1);
    add_choice<Wire>(app, "--framing", settings.wire, {{"raw", Wire::raw}, {"line", Wire::line}},
                     "Where a message ends. raw: with what arrives at once, as plain\n"
                     "programs send it [this]; line: at LF, both ends alike");
    add_option(app, "--name", "NAME", "Goes before each line that is written here",
               [&settings](const std::string& text) {
                   const auto lines = printable_lines(text);
                   if (text.size() > 64 || is_blank(text) || lines.size() != 1 || lines[0] != text)
                       throw CLI::ValidationError(
                           "--name", "a name has 1 to 64 bytes of text and no control characters");
                   settings.name = text;
               });
}

inline void add_max_clients(CLI::App& app, Settings& settings) {
    programs::add_number<std::size_t>(app, "--max-clients", settings.max_clients, 1, 10'000, "N",
                                      "At once; one more waits until another leaves");
}

}  // namespace chat

#endif
