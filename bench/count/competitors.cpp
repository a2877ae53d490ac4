// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The library's own functions, and the rate at which memory can be read.

#include "competitors.hpp"

#include <charcount/utf8.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "measure.hpp"

namespace charcount::bench {
namespace {

std::size_t code_points_of(const Utf8Scan& scan) {
    return scan.status == Utf8Status::valid ? scan.code_points : ill_formed;
}

using Words [[gnu::vector_size(64)]] = std::uint64_t;

// Makes whole vectors, the widest that the machine has, as the kernels do; none of the four sums
// waits for another. What is left of a multiple of 256 bytes is summed word by word.
#if defined(CHARCOUNT_UTF8_X86)
[[gnu::target_clones("avx512f", "avx2", "default")]]
#endif
std::uint64_t
sum_of_words(const char* data, std::size_t bytes) {
    Words sums[4] = {};
    Words words[4];
    for (; bytes >= sizeof words; data += sizeof words, bytes -= sizeof words) {
        std::memcpy(&words, data, sizeof words);
        sums[0] += words[0];
        sums[1] += words[1];
        sums[2] += words[2];
        sums[3] += words[3];
    }
    const Words all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < sizeof all / sizeof sum; ++i) sum += all[i];
    for (std::uint64_t word = 0; bytes >= sizeof word; data += sizeof word, bytes -= sizeof word) {
        std::memcpy(&word, data, sizeof word);
        sum += word;
    }
    return sum;
}

Competitor summing() {
    return {"sum", [](benchmark::State& state, const Messages& messages) {
                time_calls(state, messages, [](std::string_view text) {
                    return static_cast<std::size_t>(sum_of_words(text.data(), text.size()));
                });
            }};
}

}  // namespace

std::vector<Competitor> own_competitors() {
    std::vector<Competitor> competitors;
    competitors.push_back({"scan_utf8", [](benchmark::State& state, const Messages& messages) {
                               time_counting(state, messages, [](std::string_view text) {
                                   return code_points_of(scan_utf8(text));
                               });
                           }});
    for (const detail::utf8::NamedKernel& kernel : detail::utf8::kernels()) {
        if (!kernel.is_supported) continue;
        const auto run = [scan = kernel.scan](benchmark::State& state, const Messages& messages) {
            time_counting(state, messages,
                          [scan](std::string_view text) { return code_points_of(scan(text)); });
        };
        competitors.push_back({std::string(kernel.name), run, kernel.name == "scalar"});
    }
    return competitors;
}

std::vector<Competitor> all_competitors() {
    std::vector<Competitor> all = own_competitors();
    for (const Competitor& competitor : simdutf_competitors()) all.push_back(competitor);
    for (const Competitor& competitor : icu_competitors()) all.push_back(competitor);
    all.push_back(summing());
    return all;
}

}  // namespace charcount::bench
