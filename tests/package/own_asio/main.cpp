// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The shared program, which demands that it is compiled with the user's own Asio.

#ifndef MY_ASIO
#error "charcount::charcount does not link the user's asio::asio"
#endif

#include "../shared/main.cpp"
