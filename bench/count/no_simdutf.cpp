// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Stands in for simdutf_calls.cpp when no sources of simdutf were given.

#include "competitors.hpp"

namespace charcount::bench {

std::vector<Competitor> simdutf_competitors() {
    return {};
}

std::string simdutf_version() {
    return {};
}

}  // namespace charcount::bench
