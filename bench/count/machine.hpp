// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the report says about the machine, as far as Linux tells it.

#ifndef CHARCOUNT_BENCH_COUNT_MACHINE_HPP
#define CHARCOUNT_BENCH_COUNT_MACHINE_HPP

#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>

namespace charcount::bench {

/// What follows the first "name :" in a file of such lines; empty when there is none.
[[nodiscard]] inline std::string value_in(const char* file, std::string_view name) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos) continue;
        const std::size_t end = line.find_last_not_of(" \t", colon - (colon > 0 ? 1 : 0));
        if (std::string_view(line).substr(0, end + 1) != name) continue;
        const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
        return begin == std::string::npos ? std::string() : line.substr(begin);
    }
    return {};
}

/// The processor's name, with the numbers that tell what it is when the name does not.
[[nodiscard]] inline std::string processor() {
    constexpr const char* file = "/proc/cpuinfo";
    const std::string name = value_in(file, "model name");
    if (name.empty()) return "unknown processor";
    return name + ", family " + value_in(file, "cpu family") + ", model " + value_in(file, "model");
}

/// How much memory may be used without swapping; 0 when it is not known.
[[nodiscard]] inline std::size_t available_bytes() {
    const std::string kibibytes = value_in("/proc/meminfo", "MemAvailable");
    return kibibytes.empty() ? 0 : std::stoull(kibibytes) * 1024;
}

}  // namespace charcount::bench

#endif
