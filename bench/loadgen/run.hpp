// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The clock, the deadline and the errors of a run.

#ifndef CHARCOUNT_BENCH_LOADGEN_RUN_HPP
#define CHARCOUNT_BENCH_LOADGEN_RUN_HPP

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>

namespace charcount::bench {

using Clock = std::chrono::steady_clock;

/// What cannot be done, as errno says.
[[nodiscard]] inline std::system_error last_error(const std::string& operation) {
    return {errno, std::generic_category(), operation};
}

/// Whether SIGINT or SIGTERM has come; the second one ends the process.
class Interrupts {
public:
    /// Takes the signals over, for the rest of the process.
    static void take() {
        struct sigaction action {};
        action.sa_handler = [](int) { was_interrupted_ = 1; };
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        sigaction(SIGINT, &action, nullptr);
        sigaction(SIGTERM, &action, nullptr);
    }

    [[nodiscard]] static bool has_come() noexcept { return was_interrupted_ != 0; }

private:
    static inline volatile std::sig_atomic_t was_interrupted_ = 0;
};

/// What all parts of a run share.
struct Run {
    Clock::time_point deadline;         ///< by then it has ended
    std::uint64_t replies_checked = 0;  ///< and found right, since the start
    std::uint64_t errors = 0;           ///< connections that failed, and the deadline if it came
    std::string first_error;

    void add_error(const std::string& words) {
        if (errors++ == 0) first_error = words;
    }
};

}  // namespace charcount::bench

#endif
