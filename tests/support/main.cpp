// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The main function of every unit test, compiled once.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
