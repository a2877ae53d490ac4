// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// chat_client_window: the chat's client with a window. See --help.

#include "window/window_program.hpp"

int main(int argc, char** argv) {
    return chat::run_window(
        {.name = "chat_client_window",
         .title = "TCP Client",
         .description = "Connects to a server, shows what it writes, and sends it what is written.",
         .is_server = false,
         .make_side = chat::make_client},
        argc, argv);
}
