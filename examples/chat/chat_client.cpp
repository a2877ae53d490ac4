// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// chat_client: the client of the two-way chat, on the console. See --help.

#include "console.hpp"
#include "program.hpp"

int main(int argc, char** argv) {
    return chat::run_program(
        {.name = "chat_client",
         .description = "Connects to a server, prints what it writes, and sends it each line that\n"
                        "is typed. Connects anew, after waits that grow, when there is no server."},
        argc, argv, chat::talk_on_console);
}
