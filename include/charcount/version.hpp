// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The version of the library, in one place: CMake and the packaging recipes read it from here.

#ifndef CHARCOUNT_VERSION_HPP
#define CHARCOUNT_VERSION_HPP

#include <string_view>

namespace charcount {

/// The version of the headers, by Semantic Versioning 2.0.0.
inline constexpr std::string_view version = "0.1.0";

}  // namespace charcount

#endif
