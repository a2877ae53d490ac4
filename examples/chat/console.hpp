// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The console's part of the chat: prints lines, sends what is typed, ends with a signal.

#ifndef CHARCOUNT_EXAMPLES_CHAT_CONSOLE_HPP
#define CHARCOUNT_EXAMPLES_CHAT_CONSOLE_HPP

#include "line.hpp"
#include "program.hpp"

namespace chat {

/// Prints a line to standard output, with its time of day if so wished.
void print(const Line& line, bool with_time);

/// Prints a line where somebody reads it: a terminal or pipe that takes nothing for a moment gets
/// the next lines only when it is ready again. For programs whose log is elsewhere.
void print_if_read(const Line& line);

/// Talks until a signal or the end of the input, which a server heeds on a terminal only: one in
/// the background has none. Lines that are typed while nobody is connected wait; those that still
/// do at the end are named. Returns the exit status. *Throws*: `std::system_error` as `Side::start`
/// does.
int talk_on_console(const Program& program, const Options& options);

}  // namespace chat

#endif
