// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Drives a conversation from given reads to its end, as a driver with a perfect socket would.

#ifndef CHARCOUNT_TESTS_SUPPORT_TALK_HPP
#define CHARCOUNT_TESTS_SUPPORT_TALK_HPP

#include <charcount/conversation.hpp>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <support/splits.hpp>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::test {

/// Gives the conversation one read, from memory that is gone afterwards, so that the address
/// sanitizer finds a view that was kept.
template <class Talk>
void read(Talk& conversation, std::string_view bytes, bool more_follows = false) {
    const std::vector<char> buffer(bytes.begin(), bytes.end());
    conversation.receive({buffer.data(), buffer.size()}, more_follows);
}

/// Writes all that there is to write, `most` bytes at a time at most.
template <class Talk>
std::string written(Talk& conversation, std::size_t most = std::string::npos) {
    std::string bytes;
    while (!conversation.output().empty()) {
        const std::string_view next = conversation.output().substr(0, most);
        bytes += next;
        conversation.consume(next.size());
    }
    return bytes;
}

/// What a conversation sent, and how it ended.
struct Ended {
    std::string output;
    std::error_code error = {};
    std::uint64_t messages = 0;
    bool finished = true;

    friend bool operator==(const Ended&, const Ended&) = default;

    friend std::ostream& operator<<(std::ostream& out, const Ended& ended) {
        return out << describe({ended.output}) << ' ' << ended.error << ", " << ended.messages
                   << " messages" << (ended.finished ? "" : ", not finished");
    }
};

/// A conversation from these reads to the peer's half-close. `more_follows`: true of each read
/// but the last.
template <class F = LineFraming, class H = CharCountHandler>
[[nodiscard]] Ended talk(const Pieces& reads, H handler = H(),
                         const ConversationOptions& options = {}, bool more_follows = false) {
    Conversation<H, F> conversation(std::move(handler), options);
    Ended ended;
    conversation.open();
    for (std::size_t i = 0; i < reads.size(); ++i) {
        read(conversation, reads[i], more_follows && i + 1 < reads.size());
        ended.output += written(conversation);
    }
    conversation.end_of_stream();
    ended.output += written(conversation);
    ended.finished = conversation.finished();
    conversation.close();
    ended.error = conversation.error();
    ended.messages = conversation.messages();
    return ended;
}

}  // namespace charcount::test

#endif
