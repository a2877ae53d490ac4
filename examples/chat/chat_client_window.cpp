// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// chat_client_window: the chat's client with a window. See --help.

#include "program.hpp"
#include "window/show_window.hpp"

int main(int argc, char** argv) {
    return chat::run_program(
        {.name = "chat_client_window",
         .description =
             "Connects to a server, shows what it writes, and sends it what is written.\n"
             "Connects anew, after waits that grow, when there is no server.",
         .has_window = true},
        argc, argv, chat::show_window);
}
