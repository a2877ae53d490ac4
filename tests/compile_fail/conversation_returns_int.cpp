// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler that returns what is no text.

#include <charcount/conversation.hpp>
#include <string_view>

struct Bad {
    int operator()(std::string_view message) const { return static_cast<int>(message.size()); }
};

int main() {
    charcount::Conversation<Bad> conversation;
    conversation.open();
    conversation.receive("Halo\n");
    conversation.end_of_stream();
    conversation.close();
}
