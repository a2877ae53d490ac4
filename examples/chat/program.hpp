// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The four programs of the chat: what they are, and what their command lines ask for.

#ifndef CHARCOUNT_EXAMPLES_CHAT_PROGRAM_HPP
#define CHARCOUNT_EXAMPLES_CHAT_PROGRAM_HPP

#include <functional>
#include <string>

#include "side.hpp"

namespace chat {

/// One of the programs.
struct Program {
    std::string name;         ///< of its file
    std::string description;  ///< for --help
    bool is_server = false;
    bool has_window = false;
};

/// The colours of a window.
enum class Theme { system, light, dark };

/// What the command line asks for.
struct Options {
    Settings settings = {};
    bool with_times = false;  ///< show the time of day before each line
    Theme theme = Theme::system;
};

/// Makes the side that a program is.
[[nodiscard]] MakeSide side_of(const Program& program, const Options& options);

/// Reads the command line, then runs `body`; returns the exit status. What `body` throws is said in
/// one line on standard error.
int run_program(const Program& program, int argc, char** argv,
                const std::function<int(const Program&, const Options&)>& body);

}  // namespace chat

#endif
