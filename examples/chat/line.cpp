// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Lines of the log as text.

#include "line.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>

#include "../programs/text.hpp"

std::string chat::to_text(const Line& line) {
    return line.sender.empty() ? line.text : line.sender + ": " + line.text;
}

std::string chat::time_of_day(Line::Clock::time_point time) {
    const std::time_t seconds = Line::Clock::to_time_t(time);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    std::array<char, 16> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &parts)};
}

std::vector<std::string> chat::printable_lines(std::string_view message) {
    std::vector<std::string> lines;
    while (!message.empty()) {
        const std::size_t end = std::min(message.find('\n'), message.size());
        std::string line(message.substr(0, end));
        message.remove_prefix(std::min(end + 1, message.size()));
        if (line.ends_with('\r')) line.pop_back();
        std::replace(line.begin(), line.end(), '\t', ' ');
        if (!line.empty()) lines.push_back(programs::escape(line));
    }
    return lines;
}

bool chat::is_blank(std::string_view message) noexcept {
    return message.find_first_not_of(" \t\r\n") == std::string_view::npos;
}
