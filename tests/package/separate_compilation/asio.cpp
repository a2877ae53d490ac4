// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The one translation unit that compiles Asio.

#include <asio/impl/src.hpp>
