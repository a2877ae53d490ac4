// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A handler that can't be called.

#include <charcount/conversation.hpp>

struct Bad {};

int main() {
    charcount::Conversation<Bad> conversation;
    conversation.open();
    conversation.receive("Halo\n");
    conversation.end_of_stream();
    conversation.close();
}
