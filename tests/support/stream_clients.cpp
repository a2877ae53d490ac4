// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Here the clients are compiled.

#define CHARCOUNT_TESTS_EXTERN
#include <support/stream_clients.hpp>
