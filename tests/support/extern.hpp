// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What several tests use and one file compiles for them: `extern` for all but that file.

#ifndef CHARCOUNT_TESTS_EXTERN
#define CHARCOUNT_TESTS_EXTERN extern
#endif
