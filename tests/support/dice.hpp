// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Deterministic random numbers for tests: the same from the same seed, on every machine.

#ifndef CHARCOUNT_TESTS_SUPPORT_DICE_HPP
#define CHARCOUNT_TESTS_SUPPORT_DICE_HPP

#include <cstddef>
#include <cstdint>

namespace charcount::test {

/// *Source*: SplitMix64, by Sebastiano Vigna.
class Dice {
public:
    explicit Dice(std::uint64_t seed) noexcept : state_(seed) {}

    /// A number from 0 to `bound` - 1.
    [[nodiscard]] std::size_t below(std::size_t bound) noexcept {
        state_ += 0x9E3779B97F4A7C15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31U;
        return static_cast<std::size_t>(mixed % bound);
    }

private:
    std::uint64_t state_;
};

}  // namespace charcount::test

#endif
