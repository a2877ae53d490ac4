// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// See meter.hpp.

#include "meter.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace charcount::bench {
namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double difference(std::uint64_t first, std::uint64_t last) {
    return static_cast<double>(last - std::min(first, last)) / 1e9;
}

ServerUse difference(const ServerProcess::Cpu& first, const ServerProcess::Cpu& last) {
    ServerUse server;
    server.cpu = difference(first.all, last.all);
    for (const auto& [thread, times] : last.threads) {
        const auto found = first.threads.find(thread);
        const ThreadTimes before = found == first.threads.end() ? ThreadTimes{} : found->second;
        const double used = difference(before.running, times.running);
        server.busiest_thread = std::max(server.busiest_thread, used);
        server.waiting += difference(before.waiting, times.waiting);
    }
    return server;
}

}  // namespace

Meter::Meter(const Settings& settings, const ServerProcess* server)
    : server_(server),
      most_requests_(settings.most_requests),
      warm_(Clock::now() + settings.warm_up),
      end_(warm_ + settings.duration) {}

Meter::Reading Meter::read() const {
    Reading reading;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    reading.own_user = seconds(usage.ru_utime);
    reading.own_system = seconds(usage.ru_stime);
    reading.own = own_thread_times();
    if (server_ != nullptr) reading.server = server_->cpu();
    reading.at = Clock::now();
    return reading;
}

void Meter::begin() {
    state_ = State::measuring;
    totals_ = {};
    first_ = read();
    end_ += first_.at - warm_;  // what came late shortens nothing
}

void Meter::end() {
    if (state_ == State::measuring) {
        const Reading last = read();
        Measured& measured = measured_.emplace();
        measured.totals = totals_;
        measured.seconds = std::chrono::duration<double>(last.at - first_.at).count();
        measured.own_user = last.own_user - first_.own_user;
        measured.own_system = last.own_system - first_.own_system;
        measured.own_waiting = difference(first_.own.waiting, last.own.waiting);
        if (server_ != nullptr) measured.server = difference(first_.server, last.server);
    }
    state_ = State::ended;
}

}  // namespace charcount::bench
