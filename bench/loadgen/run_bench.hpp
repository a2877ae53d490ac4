// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Runs what the settings ask for, from the first connection to the report.

#ifndef CHARCOUNT_BENCH_LOADGEN_RUN_BENCH_HPP
#define CHARCOUNT_BENCH_LOADGEN_RUN_BENCH_HPP

#include "report.hpp"

namespace charcount::bench {

/// Fills the result, whose settings are given, and prints it. *Throws* `std::runtime_error`; when
/// something was measured all the same, after printing it.
void run_bench(Result& result);

}  // namespace charcount::bench

#endif
