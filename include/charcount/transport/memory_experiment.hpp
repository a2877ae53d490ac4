// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryExperiment: lets things go wrong in the memory network, on purpose.

#ifndef CHARCOUNT_TRANSPORT_MEMORY_EXPERIMENT_HPP
#define CHARCOUNT_TRANSPORT_MEMORY_EXPERIMENT_HPP

#include <charcount/detail/memory_conditions.hpp>
#include <charcount/detail/memory_network.hpp>
#include <cstddef>
#include <utility>

namespace charcount {

/// While it lives, the network is as the conditions say; afterwards as before.
///
///     for (std::size_t nth = 1;; ++nth) {
///         const MemoryExperiment experiment({.fail_at = nth, .only_side = MemorySide::server});
///         run_my_conversation();
///         if (!experiment.has_failed()) break;   // no operation was left to fail
///     }
///
/// *Thread safety*: all functions, from any thread; but of two experiments the younger one goes
/// first.
class MemoryExperiment {
public:
    /// Begins: the conditions hold until it is destroyed.
    explicit MemoryExperiment(const MemoryConditions& conditions)
        : before_(exchange(detail::MemoryFaults(conditions))) {}
    ~MemoryExperiment() { exchange(before_); }
    MemoryExperiment(const MemoryExperiment&) = delete;
    MemoryExperiment& operator=(const MemoryExperiment&) = delete;

    /// How many operations have counted so far.
    [[nodiscard]] std::size_t operations() const {
        return detail::MemoryLock().network().faults.operations();
    }

    /// Whether an operation has failed on purpose.
    [[nodiscard]] bool has_failed() const {
        return detail::MemoryLock().network().faults.failures() > 0;
    }

private:
    static detail::MemoryFaults exchange(detail::MemoryFaults faults) {
        return std::exchange(detail::MemoryLock().network().faults, std::move(faults));
    }

    const detail::MemoryFaults before_;
};

}  // namespace charcount

#endif
