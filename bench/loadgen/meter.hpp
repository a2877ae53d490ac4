// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Measures what happens between the end of the warm-up and the end of the run.

#ifndef CHARCOUNT_BENCH_LOADGEN_METER_HPP
#define CHARCOUNT_BENCH_LOADGEN_METER_HPP

#include <cstdint>
#include <optional>

#include "histogram.hpp"
#include "run.hpp"
#include "server_process.hpp"
#include "settings.hpp"

namespace charcount::bench {

/// What the connections report.
struct Totals {
    std::uint64_t requests = 0;  ///< whose replies came, all right
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    Histogram latency;  ///< nanoseconds
};

/// What the server used meanwhile, in seconds.
struct ServerUse {
    double cpu = 0;             ///< processor time
    double busiest_thread = 0;  ///< that of the thread that used most of it
    double waiting = 0;         ///< of all threads together: ready to run, but not running
};

struct Measured {
    Totals totals;
    double seconds = 0;

    // Of this program, in seconds: processor time, and how long it was ready to run but did not.
    double own_user = 0;
    double own_system = 0;
    double own_waiting = 0;
    std::optional<ServerUse> server;

    [[nodiscard]] double own_cpu() const noexcept { return own_user + own_system; }
};

/// Goes from warming up over measuring to its end.
class Meter {
public:
    /// The warm-up begins. `server` may be null, and otherwise outlives this.
    Meter(const Settings& settings, const ServerProcess* server);

    /// What happened since the warm-up began, or since it ended.
    [[nodiscard]] Totals& totals() noexcept { return totals_; }

    [[nodiscard]] bool has_ended() const noexcept { return state_ == State::ended; }

    /// When time alone is going to change the state.
    [[nodiscard]] Clock::time_point next_change() const noexcept {
        return state_ == State::warming ? warm_ : end_;
    }

    /// Changes the state if it is time to, or if enough was asked, or after a signal.
    void advance(Clock::time_point now) {
        if (state_ == State::warming && now >= warm_) begin();
        const bool is_enough = state_ == State::measuring && totals_.requests >= most_requests_;
        if (now >= end_ || is_enough || Interrupts::has_come()) end();
    }

    /// Ends the measuring now, unless it has ended.
    void end();

    /// Nothing if it ended while warming up.
    [[nodiscard]] const std::optional<Measured>& measured() const noexcept { return measured_; }

private:
    enum class State { warming, measuring, ended };

    struct Reading {
        Clock::time_point at;
        double own_user = 0;
        double own_system = 0;
        ThreadTimes own;
        ServerProcess::Cpu server;
    };

    void begin();
    [[nodiscard]] Reading read() const;

    const ServerProcess* server_;
    std::uint64_t most_requests_;
    Clock::time_point warm_;
    Clock::time_point end_;
    State state_ = State::warming;
    Reading first_;
    Totals totals_;
    std::optional<Measured> measured_;
};

}  // namespace charcount::bench

#endif
