// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// simdutf's two calls, validate and then count, for each instruction set that this machine has.

#include <simdutf.h>

#include <cstddef>
#include <string_view>

#include "competitors.hpp"
#include "measure.hpp"

namespace charcount::bench {

std::vector<Competitor> simdutf_competitors() {
    std::vector<Competitor> competitors;
    for (const simdutf::implementation* simd : simdutf::get_available_implementations()) {
        if (!simd->supported_by_runtime_system() || simd->name() == "fallback") continue;
        const auto run = [simd](benchmark::State& state, const Messages& messages) {
            time_counting(state, messages, [simd](std::string_view text) -> std::size_t {
                if (!simd->validate_utf8(text.data(), text.size())) return ill_formed;
                return simd->count_utf8(text.data(), text.size());
            });
        };
        competitors.push_back({"simdutf-" + std::string(simd->name()), run});
    }
    return competitors;
}

std::string simdutf_version() {
    return SIMDUTF_VERSION;
}

}  // namespace charcount::bench
