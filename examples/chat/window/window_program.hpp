// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the two programs with a window have in common.

#ifndef CHARCOUNT_EXAMPLES_CHAT_WINDOW_WINDOW_PROGRAM_HPP
#define CHARCOUNT_EXAMPLES_CHAT_WINDOW_WINDOW_PROGRAM_HPP

#include <memory>
#include <string>

#include "../side.hpp"

namespace chat {

/// One of the two programs.
struct WindowProgram {
    std::string name;         ///< of the file
    std::string title;        ///< of the window
    std::string description;  ///< for --help
    bool is_server;
    std::unique_ptr<Side> (*make_side)(const Settings&, Events);
};

/// Reads the options, shows the window, and talks until it is closed. Returns the exit status.
int run_window(const WindowProgram& program, int argc, char** argv);

}  // namespace chat

#endif
