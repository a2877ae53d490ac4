// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Everything that is measured, by name.

#ifndef CHARCOUNT_BENCH_COUNT_COMPETITORS_HPP
#define CHARCOUNT_BENCH_COUNT_COMPETITORS_HPP

#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <vector>

#include "texts.hpp"

namespace charcount::bench {

/// A way to count, or a yardstick.
struct Competitor {
    std::string name;
    std::function<void(benchmark::State&, const Messages&)> run;
    bool is_slow = false;  ///< left out beyond the caches, where it tells nothing new
};

/// The public function, and each kernel that this machine runs.
[[nodiscard]] std::vector<Competitor> own_competitors();

/// ICU's decoder; none when it was not found.
[[nodiscard]] std::vector<Competitor> icu_competitors();

/// simdutf's two calls for each instruction set of this machine; none without its sources.
[[nodiscard]] std::vector<Competitor> simdutf_competitors();

/// All of these, and merely summing the bytes.
[[nodiscard]] std::vector<Competitor> all_competitors();

/// For the report; empty without them.
[[nodiscard]] std::string icu_version();
[[nodiscard]] std::string simdutf_version();

}  // namespace charcount::bench

#endif
