// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// chat_server_window: the chat's server with a window. See --help.

#include "window/window_program.hpp"

int main(int argc, char** argv) {
    return chat::run_window(
        {.name = "chat_server_window",
         .title = "TCP Server",
         .description =
             "Waits for clients, shows what they write, and sends all of them what is written.",
         .is_server = true,
         .make_side = chat::make_server},
        argc, argv);
}
