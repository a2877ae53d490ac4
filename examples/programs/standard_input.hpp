// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Standard input as it comes: lines or pieces, in bounded memory.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_STANDARD_INPUT_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_STANDARD_INPUT_HPP

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "platform.hpp"

namespace programs {

/// Reads standard input without waiting for more than one read brings.
class StandardInput {
public:
    /// A longer line is refused, so that input without lines does not fill the memory.
    static constexpr std::size_t max_line_bytes = 64 * 1024 * 1024;

    /// The next piece, of 64 KiB at most; empty at the end. Valid until the next call.
    /// *Throws*: `std::system_error`.
    [[nodiscard]] std::string_view read_piece() {
        return {buffer_.get(), read_input(buffer_.get(), buffer_bytes)};
    }

    /// The next line without its LF; nothing at the end. A last line without LF is one, too.
    /// *Throws*: `std::system_error`, `std::runtime_error` for a line that is too long.
    [[nodiscard]] std::optional<std::string> read_line() {
        std::string line;
        while (true) {
            if (unread_.empty()) unread_ = read_piece();
            if (unread_.empty()) break;
            const std::size_t end = unread_.find('\n');
            line += unread_.substr(0, end);
            if (line.size() > max_line_bytes)
                throw std::runtime_error("read standard input: a line is longer than 64 MiB");
            unread_.remove_prefix(end == std::string_view::npos ? unread_.size() : end + 1);
            if (end != std::string_view::npos) return line;
        }
        if (line.empty()) return std::nullopt;
        return line;
    }

private:
    static constexpr std::size_t buffer_bytes = 64 * 1024;

    std::unique_ptr<char[]> buffer_{new char[buffer_bytes]};
    std::string_view unread_;  ///< what is left of the piece that lines are cut from
};

}  // namespace programs

#endif
