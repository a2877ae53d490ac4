// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// A histogram of latencies, exact to 1 %, in constant memory.

#ifndef CHARCOUNT_BENCH_LOADGEN_HISTOGRAM_HPP
#define CHARCOUNT_BENCH_LOADGEN_HISTOGRAM_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace charcount::bench {

/// Counts values from 0 to `highest`; what is larger counts as `highest`.
///
/// A value below 128 has a bucket of its own; above, each doubling is divided into 64 buckets of
/// equal width, so that a bucket is never wider than 1/64 of its values:
///
///     0 1 2 ... 127 | 128-129 130-131 ... 254-255 | 256-259 ... 508-511 | ...
///
/// *Source*: the idea is that of HdrHistogram, by Gil Tene.
class Histogram {
public:
    static constexpr std::uint64_t highest = (std::uint64_t{1} << 40U) - 1;

    void add(std::uint64_t value) noexcept {
        value = std::min(value, highest);
        ++buckets_[bucket_of(value)];
        ++count_;
        sum_ += value;
        min_ = std::min(min_, value);
        max_ = std::max(max_, value);
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// 0 when nothing was added, as for all that follow.
    [[nodiscard]] std::uint64_t min() const noexcept { return count_ == 0 ? 0 : min_; }
    [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
    [[nodiscard]] double mean() const noexcept {
        return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
    }

    /// The value that so many percent of all values do not exceed, rounded up within its bucket.
    [[nodiscard]] std::uint64_t percentile(double percent) const noexcept {
        if (count_ == 0) return 0;
        const double rank = std::ceil(static_cast<double>(count_) * percent / 100);
        const auto wanted = std::clamp(static_cast<std::uint64_t>(rank), std::uint64_t{1}, count_);
        std::uint64_t seen = 0;
        for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
            seen += buckets_[bucket];
            if (seen >= wanted) return std::clamp(last_of(bucket), min_, max_);
        }
        return max_;
    }

private:
    static constexpr unsigned exact_bits = 7;
    static constexpr std::size_t half = std::size_t{1} << (exact_bits - 1);

    [[nodiscard]] static unsigned shift_of(std::uint64_t value) noexcept {
        const auto bits = static_cast<unsigned>(std::bit_width(value));
        return bits > exact_bits ? bits - exact_bits : 0;
    }

    [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) noexcept {
        const unsigned shift = shift_of(value);
        return shift * half + static_cast<std::size_t>(value >> shift);
    }

    [[nodiscard]] static std::uint64_t last_of(std::size_t bucket) noexcept {
        if (bucket < 2 * half) return bucket;
        const std::size_t shift = bucket / half - 1;
        return ((bucket - shift * half + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (40 - exact_bits + 2) * half> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t sum_ = 0;
    std::uint64_t min_ = highest;
    std::uint64_t max_ = 0;
};

}  // namespace charcount::bench

#endif
