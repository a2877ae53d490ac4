// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the histogram: buckets, percentiles, and how exact they are.

#include "histogram.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

#include "support/dice.hpp"

using charcount::bench::Histogram;

TEST_CASE("a histogram without values says 0") {
    const Histogram histogram;
    CHECK(histogram.count() == 0);
    CHECK(histogram.min() == 0);
    CHECK(histogram.max() == 0);
    CHECK(histogram.mean() == 0);
    CHECK(histogram.percentile(99) == 0);
}

TEST_CASE("a single value is each percentile, whatever its size") {
    for (const std::uint64_t value : {0U, 1U, 127U, 128U, 129U, 255U, 256U, 1'000'003U}) {
        Histogram histogram;
        histogram.add(value);
        CHECK(histogram.percentile(0) == value);
        CHECK(histogram.percentile(50) == value);
        CHECK(histogram.percentile(100) == value);
        CHECK(histogram.mean() == static_cast<double>(value));
    }
}

TEST_CASE("values below 128 are exact") {
    Histogram histogram;
    for (std::uint64_t value = 1; value <= 100; ++value) histogram.add(value);
    CHECK(histogram.percentile(50) == 50);
    CHECK(histogram.percentile(99) == 99);
    CHECK(histogram.percentile(99.9) == 100);
    CHECK(histogram.mean() == 50.5);
}

TEST_CASE("a percentile is never below the exact one, and at most 1/64 above it") {
    charcount::test::Dice dice(4);
    for (int bits = 7; bits < 40; ++bits) {
        // Two values in a bucket of their own each, far apart: the median is the smaller one.
        const std::uint64_t value = (std::uint64_t{1} << bits) + dice.below(std::size_t{1} << bits);
        Histogram histogram;
        histogram.add(value);
        histogram.add(Histogram::highest);
        const std::uint64_t median = histogram.percentile(50);
        CHECK(median >= value);
        CHECK(median - value <= value / 64);
    }
}

TEST_CASE("every value is in the bucket that begins behind the bucket before it") {
    std::uint64_t before = 0;
    for (std::uint64_t value = 1; value < 5000; ++value) {
        Histogram histogram;
        histogram.add(value);
        histogram.add(Histogram::highest);
        const std::uint64_t last = histogram.percentile(50);
        CHECK(last >= before);
        CHECK((last == before || value == before + 1));
        before = last;
    }
}

TEST_CASE("values beyond the highest count as the highest") {
    Histogram histogram;
    histogram.add(UINT64_MAX);
    CHECK(histogram.count() == 1);
    CHECK(histogram.max() == Histogram::highest);
    CHECK(histogram.percentile(50) == Histogram::highest);
}
