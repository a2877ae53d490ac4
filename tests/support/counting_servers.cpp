// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Here the servers of the counting handler are compiled.

#define CHARCOUNT_TESTS_EXTERN
#include <support/counting_servers.hpp>
