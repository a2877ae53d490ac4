// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Stands in for icu_calls.cpp when ICU was not found.

#include "competitors.hpp"

namespace charcount::bench {

std::vector<Competitor> icu_competitors() {
    return {};
}

std::string icu_version() {
    return {};
}

}  // namespace charcount::bench
