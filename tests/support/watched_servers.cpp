// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Here the servers in memory are compiled.

#define CHARCOUNT_TESTS_EXTERN
#include <support/watched_servers.hpp>
