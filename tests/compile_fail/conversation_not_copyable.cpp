// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler that can't be copied for each connection.

#include <charcount/conversation.hpp>
#include <memory>
#include <string>
#include <string_view>

struct Bad {
    std::unique_ptr<int> state = nullptr;
    std::string operator()(std::string_view message) const { return std::string(message); }
};

int main() {
    charcount::Conversation<Bad> conversation;
    conversation.open();
    conversation.receive("Halo\n");
    conversation.end_of_stream();
    conversation.close();
}
