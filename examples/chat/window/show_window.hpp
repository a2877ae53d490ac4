// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows the window of a program until it is closed.

#ifndef CHARCOUNT_EXAMPLES_CHAT_WINDOW_SHOW_WINDOW_HPP
#define CHARCOUNT_EXAMPLES_CHAT_WINDOW_SHOW_WINDOW_HPP

#include "../program.hpp"

namespace chat {

/// Talks until the window is closed; returns the exit status. *Throws*: `std::runtime_error` when
/// there is no display.
int show_window(const Program& program, const Options& options);

}  // namespace chat

#endif
