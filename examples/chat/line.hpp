// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A line of the chat's log: who said what and when, made printable.

#ifndef CHARCOUNT_EXAMPLES_CHAT_LINE_HPP
#define CHARCOUNT_EXAMPLES_CHAT_LINE_HPP

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace chat {

/// One line of the log.
struct Line {
    enum class Kind {
        sent,      ///< written on this side
        received,  ///< from the other side
        note,      ///< what happened to a connection
        fault,     ///< what went wrong with one
    };
    using Clock = std::chrono::system_clock;

    Kind kind = Kind::note;
    std::string sender = {};  ///< of what was sent or received
    std::string text = {};    ///< valid UTF-8 without line ends and control characters
    Clock::time_point time = Clock::now();
};

/// `sender: text`, or the text alone.
[[nodiscard]] std::string to_text(const Line& line);

/// The time of day, here: `18:07:40`.
[[nodiscard]] std::string time_of_day(Line::Clock::time_point time);

/// The lines of a message as they may be shown: so nobody can forge a line of somebody else's, or
/// control the terminal. Empty lines are left out, tabs are spaces, what is not UTF-8 is escaped.
[[nodiscard]] std::vector<std::string> printable_lines(std::string_view message);

/// Whether there is nothing to be seen in a message; such a one is not sent.
[[nodiscard]] bool is_blank(std::string_view message) noexcept;

}  // namespace chat

#endif
