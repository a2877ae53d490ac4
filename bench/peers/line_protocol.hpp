// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the C++ peers share of the protocol: lines are split, and each one gets its reply.

#ifndef CHARCOUNT_BENCH_PEERS_LINE_PROTOCOL_HPP
#define CHARCOUNT_BENCH_PEERS_LINE_PROTOCOL_HPP

#include <algorithm>
#include <array>
#include <charconv>
#include <charcount/utf8.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace peers {

inline constexpr std::size_t read_bytes = 64 * 1024;
inline constexpr std::size_t max_message_bytes = 1024 * 1024;

/// The longest message with its end, CR and LF.
inline constexpr std::size_t max_line_bytes = max_message_bytes + 2;

/// With so many bytes waiting to be sent a peer reads no more.
inline constexpr std::size_t max_pending_bytes = 1024 * 1024;

/// The reply to a message that is too long; the connection is closed after it.
inline constexpr std::string_view too_long = "error: message longer than 1048576 bytes\n";

using ReplyBuffer = std::array<char, 64>;

struct Reply {
    std::string_view text;  ///< with its LF; it may lie in the buffer
    bool is_last = false;   ///< whether the connection is closed after it
};

/// The reply to a line without its LF. All peers count with the same function.
inline Reply make_reply(std::string_view line, ReplyBuffer& buffer) noexcept {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > max_message_bytes) return {too_long, true};
    const charcount::Utf8Scan scan = charcount::scan_utf8(line);
    const bool is_valid = scan.status == charcount::Utf8Status::valid;
    char* end = buffer.data();
    if (!is_valid) {
        constexpr std::string_view text = "error: invalid UTF-8 at byte ";
        end = std::copy(text.begin(), text.end(), end);
    }
    end = std::to_chars(end, buffer.data() + buffer.size(),
                        is_valid ? scan.code_points : scan.valid_bytes)
              .ptr;
    *end++ = '\n';
    return {{buffer.data(), end}};
}

/// Splits what arrives on a connection into lines and answers them, for a peer whose library has
/// no buffer of its own. Keeps only a line whose end has not arrived.
class Lines {
public:
    /// Appends the replies to `out`; false when the last one ends the connection.
    bool receive(std::string_view input, std::string& out) {
        std::size_t end = input.find('\n');
        if (!rest_.empty()) {
            rest_.append(input.substr(0, end));
            if (end == std::string_view::npos) return is_short_enough(rest_, out);
            if (!answer(rest_, out)) return false;
            rest_.clear();
            input.remove_prefix(end + 1);
            end = input.find('\n');
        }
        while (end != std::string_view::npos) {
            if (!answer(input.substr(0, end), out)) return false;
            input.remove_prefix(end + 1);
            end = input.find('\n');
        }
        if (!input.empty()) rest_.assign(input);
        return true;
    }

private:
    static bool answer(std::string_view line, std::string& out) {
        ReplyBuffer buffer;
        const Reply reply = make_reply(line, buffer);
        out.append(reply.text);
        return !reply.is_last;
    }

    static bool is_short_enough(std::string_view beginning, std::string& out) {
        if (beginning.size() < max_line_bytes) return true;
        out.append(too_long);
        return false;
    }

    std::string rest_;
};

}  // namespace peers

#endif
