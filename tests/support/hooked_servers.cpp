// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Here the servers of hooked handlers are compiled.

#define CHARCOUNT_TESTS_EXTERN
#include <support/hooked_servers.hpp>
