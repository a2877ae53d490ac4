// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryConditions: what goes wrong in the memory network, and how much fits into it.

#ifndef CHARCOUNT_DETAIL_MEMORY_CONDITIONS_HPP
#define CHARCOUNT_DETAIL_MEMORY_CONDITIONS_HPP

#include <algorithm>
#include <asio/error.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <system_error>

namespace charcount {

/// What an operation of the memory transport does.
enum class MemoryStep {
    resolve,   ///< finding a server's addresses
    listen,    ///< beginning to listen
    connect,   ///< connecting to a listener
    accept,    ///< taking a connection from the backlog
    prepare,   ///< setting a new connection up
    read,      ///< receiving bytes
    write,     ///< sending bytes
    wait,      ///< waiting until a socket is readable or writable
    shutdown,  ///< half-closing
    wake,      ///< making what interrupts a blocking wait (a descriptor, on a real system)
};

/// Which side of a connection an operation belongs to.
enum class MemorySide {
    server,  ///< listeners, and the sockets that were accepted
    client,  ///< the sockets that connect
};

/// What the memory network is like, for tests. See `MemoryExperiment`.
struct MemoryConditions {
    /// No limit on a transfer.
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    /// Which of the operations that count fails: 1 is the first; 0: none.
    std::size_t fail_at = 0;

    /// How many in a row fail from there.
    std::size_t fail_count = 1;

    /// What they fail with.
    std::error_code error = asio::error::connection_reset;

    /// Only operations of this kind count; not set: all do.
    std::optional<MemoryStep> only_step = {};

    /// Only operations of this side count, and only its transfers are cut short; not set: both.
    std::optional<MemorySide> only_side = {};

    /// An operation counts, and fails, when it would have completed, instead of when it begins.
    bool fail_late = false;

    /// The most bytes that one read moves.
    std::size_t max_read_bytes = unlimited;

    /// The most bytes that one write moves.
    std::size_t max_write_bytes = unlimited;

    /// Set: each transfer moves a number of bytes drawn from 1 to the most, the same in each run
    /// with the same seed.
    std::optional<std::uint64_t> seed = {};

    /// How many bytes a connection holds in each direction before a writer must wait. It counts
    /// for connections made from now on.
    std::size_t pipe_capacity = 64 * 1024;

    /// How many addresses a name resolves to. All of them lead to the same listener.
    std::size_t addresses_per_name = 1;
};

namespace detail {

/// Conditions at work: counts operations and draws sizes.
///
/// *Thread safety*: none; the network's lock is held.
class MemoryFaults {
public:
    MemoryFaults() = default;
    explicit MemoryFaults(const MemoryConditions& conditions)
        : conditions_(conditions), random_(conditions.seed.value_or(0)) {}

    [[nodiscard]] const MemoryConditions& conditions() const noexcept { return conditions_; }
    [[nodiscard]] std::size_t operations() const noexcept { return operations_; }
    [[nodiscard]] std::size_t failures() const noexcept { return failures_; }

    /// An operation begins, or would complete: returns what it fails with, if it does.
    [[nodiscard]] std::error_code count(MemoryStep step, MemorySide side, bool completes) {
        if (completes != conditions_.fail_late || !concerns(side)) return {};
        if (conditions_.only_step.value_or(step) != step) return {};
        ++operations_;
        const bool fails = conditions_.fail_at > 0 && operations_ >= conditions_.fail_at &&
                           operations_ - conditions_.fail_at < conditions_.fail_count;
        if (!fails) return {};
        ++failures_;
        return conditions_.error;
    }

    /// How many of `size` bytes a transfer moves.
    [[nodiscard]] std::size_t read_size(MemorySide side, std::size_t size) {
        return shortened(side, size, conditions_.max_read_bytes);
    }
    [[nodiscard]] std::size_t write_size(MemorySide side, std::size_t size) {
        return shortened(side, size, conditions_.max_write_bytes);
    }

private:
    [[nodiscard]] bool concerns(MemorySide side) const noexcept {
        return conditions_.only_side.value_or(side) == side;
    }

    [[nodiscard]] std::size_t shortened(MemorySide side, std::size_t size, std::size_t most) {
        if (!concerns(side)) return size;
        const std::size_t bound = std::min(size, most);
        if (!conditions_.seed || bound == 0) return bound;
        return 1 + static_cast<std::size_t>(draw() % bound);
    }

    /// SplitMix64: the same numbers with every standard library. *Source*: Steele, Lea, Flood,
    /// "Fast splittable pseudorandom number generators", OOPSLA 2014.
    std::uint64_t draw() noexcept {
        std::uint64_t value = random_ += 0x9E3779B97F4A7C15U;
        value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
        value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
        return value ^ (value >> 31U);
    }

    MemoryConditions conditions_;
    std::uint64_t random_ = 0;
    std::size_t operations_ = 0;
    std::size_t failures_ = 0;
};

}  // namespace detail
}  // namespace charcount

#endif
