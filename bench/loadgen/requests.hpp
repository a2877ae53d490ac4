// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What is asked, and what must be replied.

#ifndef CHARCOUNT_BENCH_LOADGEN_REQUESTS_HPP
#define CHARCOUNT_BENCH_LOADGEN_REQUESTS_HPP

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "count/texts.hpp"

namespace charcount::bench {

/// The name of a kind of text in lower case, as it stands on the command line.
[[nodiscard]] inline std::string option_name(const TextKind& kind) {
    std::string name(kind.name);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return name;
}

/// The kind of text of that name. *Requires*: there is one.
[[nodiscard]] inline const TextKind& kind_of(const std::string& name) {
    const auto& kinds = text_kinds();
    return *std::find_if(kinds.begin(), kinds.end(),
                         [&](const TextKind& kind) { return option_name(kind) == name; });
}

/// Different messages of one size, asked in a circle, with the replies that they must get.
///
/// Both lie in memory as they go over the connection. Behind the last message the first ones follow
/// once more, so that `depth` requests are one piece wherever they begin:
///
///     | 0 | 1 | 2 | ... | amount-1 | 0 | 1 | ... | depth-1 |
///
/// *Lifetime*: what is returned lives as long as this.
class Requests {
public:
    Requests(const TextKind& kind, std::size_t message_bytes, std::size_t depth)
        : message_bytes_(message_bytes),
          amount_(std::clamp(all_messages_bytes / message_bytes, fewest, most)) {
        sent_.reserve((amount_ + depth) * (message_bytes + 1));
        Writer writer(kind);
        for (std::size_t i = 0; i < amount_; ++i) {
            sent_.resize(sent_.size() + message_bytes);
            char* const end = sent_.data() + sent_.size();
            const std::size_t code_points = write_message(writer, end - message_bytes, end);
            sent_ += '\n';
            add_reply(std::to_string(code_points) + '\n');
        }
        for (std::size_t i = 0; i < depth; ++i) {
            sent_ += sent(i, 1);
            add_reply(std::string(replies(i, 1)));
        }
    }

    [[nodiscard]] std::size_t message_bytes() const noexcept { return message_bytes_; }

    /// How many different messages there are.
    [[nodiscard]] std::size_t amount() const noexcept { return amount_; }

    /// What is sent for so many requests, at most `depth`, from the one at `first` on.
    [[nodiscard]] std::string_view sent(std::size_t first, std::size_t count) const {
        const std::size_t line = message_bytes_ + 1;
        return std::string_view(sent_).substr(first * line, count * line);
    }

    /// What is replied to them.
    [[nodiscard]] std::string_view replies(std::size_t first, std::size_t count) const {
        const std::size_t begin = reply_begin(first);
        return std::string_view(replies_).substr(begin, reply_begin(first + count) - begin);
    }

    /// Where the reply to a request begins, counted from the reply to the first.
    [[nodiscard]] std::size_t reply_begin(std::size_t index) const { return reply_begins_[index]; }

private:
    static constexpr std::size_t all_messages_bytes = std::size_t{256} * 1024;
    static constexpr std::size_t fewest = 4;
    static constexpr std::size_t most = 256;

    void add_reply(const std::string& reply) {
        replies_ += reply;
        reply_begins_.push_back(replies_.size());
    }

    std::size_t message_bytes_;
    std::size_t amount_;
    std::string sent_;
    std::string replies_;
    std::vector<std::size_t> reply_begins_{0};
};

}  // namespace charcount::bench

#endif
