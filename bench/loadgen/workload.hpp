// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The three kinds of load, and the loop that runs them.

#ifndef CHARCOUNT_BENCH_LOADGEN_WORKLOAD_HPP
#define CHARCOUNT_BENCH_LOADGEN_WORKLOAD_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "connection.hpp"
#include "meter.hpp"
#include "poller.hpp"
#include "requests.hpp"
#include "run.hpp"
#include "settings.hpp"
#include "target.hpp"

namespace charcount::bench {

/// Connections that are kept busy until the meter ends, and then until the last reply is there.
///
/// *Lifetime*: all that is passed to the constructor must outlive it.
class Workload {
public:
    Workload(const Settings& settings, Meter& meter, Run& run)
        : settings_(settings), meter_(meter), run_(run) {}
    virtual ~Workload() = default;
    Workload(const Workload&) = delete;
    Workload& operator=(const Workload&) = delete;

    /// Returns at the end. A connection that fails is closed, and counts as an error of the run.
    void run();

protected:
    virtual void start() = 0;

    /// Something has happened on the connection (EPOLLIN...). Errors are thrown.
    virtual void handle(std::size_t number, std::uint32_t events) = 0;

    /// Called in each round; returns whether to call it again soon.
    virtual bool retry() { return false; }

    /// Calls `action`; what it throws ends the connection.
    template <class Action>
    void guarded(std::size_t number, Action action);

    /// Asks so many more.
    void ask(Connection& connection, std::size_t count, Clock::time_point now);
    void flush(Connection& connection) { meter_.totals().bytes_sent += connection.flush(); }

    /// Receives what there is and records it; when it came.
    Clock::time_point receive(Connection& connection, std::uint32_t events);

    const Settings& settings_;
    Meter& meter_;
    Run& run_;
    Poller poller_;
    std::vector<Connection> connections_;
    std::size_t alive_ = 0;       // connections that have not failed
    std::size_t unanswered_ = 0;  // requests on them

private:
    void fail(std::size_t number, const std::string& words);
    void report_deadline();

    std::array<char, std::size_t{64} * 1024> buffer_{};
};

/// Asks on connections that stay; so many requests are in flight on each.
class SteadyLoad final : public Workload {
public:
    SteadyLoad(const Settings& settings, Meter& meter, Run& run,
               std::vector<Connection> connections);

private:
    void start() override;
    void handle(std::size_t number, std::uint32_t events) override;
    void refill(Connection& connection, Clock::time_point now);
};

/// Connects, asks, waits for the reply, closes; so many connections at a time.
class ConnectLoad final : public Workload {
public:
    ConnectLoad(const Settings& settings, Meter& meter, Run& run, const Requests& requests,
                Target& target);

private:
    void start() override;
    void handle(std::size_t number, std::uint32_t events) override;
    bool retry() override;
    void connect(std::size_t number, Clock::time_point since);

    struct Waiting {
        std::size_t number;
        Clock::time_point since;
    };

    Target& target_;
    std::vector<Waiting> waiting_;  // for room in the backlog
};

/// Leaves the connections alone for the time that the settings say.
void stay_idle(std::vector<Connection>& connections, const Settings& settings, Run& run);

}  // namespace charcount::bench

#endif
