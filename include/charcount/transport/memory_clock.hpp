// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// MemoryClock: the virtual time of the memory transport.

#ifndef CHARCOUNT_TRANSPORT_MEMORY_CLOCK_HPP
#define CHARCOUNT_TRANSPORT_MEMORY_CLOCK_HPP

#include <chrono>

namespace charcount {

/// A clock that stands still until a test moves it. There is one in the process.
///
/// *Thread safety*: all functions, from any thread.
class MemoryClock {
public:
    using duration = std::chrono::nanoseconds;                ///< its resolution
    using rep = duration::rep;                                ///< as of `duration`
    using period = duration::period;                          ///< as of `duration`
    using time_point = std::chrono::time_point<MemoryClock>;  ///< counted from an unknown time
    static constexpr bool is_steady = true;                   ///< it never goes back

    /// The time, as the tests have moved it.
    [[nodiscard]] static time_point now() noexcept;

    /// Lets time pass, all at once. Timers whose time has come complete, the earliest first, on
    /// their executors, so a loop has to run for their handlers to be called; threads in a
    /// blocking wait look at their deadlines. A timer that such a handler begins counts from the
    /// new time.
    static void advance(duration time);
};

}  // namespace charcount

#include <charcount/detail/memory_network.hpp>

#endif
