// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// chat_server: the server of the two-way chat, on the console. See --help.

#include "console.hpp"
#include "program.hpp"

int main(int argc, char** argv) {
    return chat::run_program(
        {.name = "chat_server",
         .description = "Waits for clients, prints what they write, and sends each line that is\n"
                        "typed to all of them.",
         .is_server = true},
        argc, argv, chat::talk_on_console);
}
