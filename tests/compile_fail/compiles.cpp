// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The control of the cases in this folder: what compiles with the flags that they must fail with.

#include <charcount/version.hpp>

static_assert(!charcount::version.empty());
