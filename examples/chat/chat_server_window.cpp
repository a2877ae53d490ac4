// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// chat_server_window: the chat's server with a window. See --help.

#include "program.hpp"
#include "window/show_window.hpp"

int main(int argc, char** argv) {
    return chat::run_program(
        {.name = "chat_server_window",
         .description = "Waits for clients, shows what they write, and sends all of them what is\n"
                        "written.",
         .is_server = true,
         .has_window = true},
        argc, argv, chat::show_window);
}
