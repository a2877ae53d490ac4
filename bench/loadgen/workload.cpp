// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// See workload.hpp.

#include "workload.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace charcount::bench {
namespace {

constexpr std::uint32_t end_events = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

std::uint64_t nanoseconds(Clock::duration time) {
    const auto count = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    return static_cast<std::uint64_t>(std::max(count, decltype(count){0}));
}

}  // namespace

// ---- Workload ----

void Workload::run() {
    alive_ = connections_.size();
    start();
    while (true) {
        const Clock::time_point now = Clock::now();
        meter_.advance(now);
        if (alive_ == 0 || (meter_.has_ended() && unanswered_ == 0)) break;
        if (now >= run_.deadline) {
            report_deadline();
            break;
        }
        Clock::time_point until = meter_.has_ended() ? run_.deadline : meter_.next_change();
        if (retry()) until = now + std::chrono::milliseconds(1);
        for (const epoll_event& event : poller_.wait(until)) {
            const auto number = static_cast<std::size_t>(event.data.u64);
            guarded(number, [&] { handle(number, event.events); });
        }
    }
    meter_.end();
}

template <class Action>
void Workload::guarded(std::size_t number, Action action) {
    try {
        action();
    } catch (const std::runtime_error& error) {
        fail(number, error.what());
    }
}

void Workload::fail(std::size_t number, const std::string& words) {
    Connection& connection = connections_[number];
    unanswered_ -= connection.in_flight();
    connection.close();
    --alive_;
    run_.add_error(words);
}

void Workload::report_deadline() {
    const std::size_t requests = unanswered_;
    run_.add_error("the server left " + std::to_string(requests) +
                   (requests == 1 ? " request" : " requests") + " unanswered until the deadline");
}

void Workload::ask(Connection& connection, std::size_t count, Clock::time_point now) {
    connection.ask(count, now);
    unanswered_ += count;
}

Clock::time_point Workload::receive(Connection& connection, std::uint32_t events) {
    Clock::time_point now;
    while (connection.in_flight() > 0 || settings_.mode == Mode::load) {
        const Connection::Received received = connection.receive(buffer_);
        now = Clock::now();
        if (received.bytes == 0) break;
        Totals& totals = meter_.totals();
        for (std::size_t i = 0; i < received.replies; ++i) {
            totals.latency.add(nanoseconds(now - connection.take_asked_at()));
        }
        totals.requests += received.replies;
        totals.bytes_received += received.bytes;
        run_.replies_checked += received.replies;
        unanswered_ -= received.replies;
        // Less than there was room for means that there is no more, unless an end follows.
        if (received.bytes < buffer_.size() && (events & end_events) == 0) break;
    }
    return now;
}

// ---- SteadyLoad ----

SteadyLoad::SteadyLoad(const Settings& settings, Meter& meter, Run& run,
                       std::vector<Connection> connections)
    : Workload(settings, meter, run) {
    connections_ = std::move(connections);
}

void SteadyLoad::start() {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        guarded(i, [&] {
            poller_.add(connections_[i].socket(), i);
            refill(connections_[i], Clock::now());
        });
    }
}

void SteadyLoad::handle(std::size_t number, std::uint32_t events) {
    Connection& connection = connections_[number];
    if (!connection.is_open()) return;
    Clock::time_point now{};
    if ((events & (EPOLLIN | end_events)) != 0) now = receive(connection, events);
    if (connection.has_unsent()) flush(connection);
    if (now == Clock::time_point{}) now = Clock::now();
    refill(connection, now);
}

void SteadyLoad::refill(Connection& connection, Clock::time_point now) {
    if (meter_.has_ended() || connection.has_unsent()) return;
    const std::size_t missing = settings_.depth - connection.in_flight();
    if (missing < settings_.burst) return;
    ask(connection, missing, now);
    flush(connection);
}

// ---- ConnectLoad ----

ConnectLoad::ConnectLoad(const Settings& settings, Meter& meter, Run& run, const Requests& requests,
                         Target& target)
    : Workload(settings, meter, run), target_(target) {
    for (std::size_t i = 0; i < settings.connections; ++i) {
        connections_.emplace_back(requests, 1, i * 7);
    }
}

void ConnectLoad::start() {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        guarded(i, [&] { connect(i, Clock::now()); });
    }
}

bool ConnectLoad::retry() {
    for (const Waiting& waiting : std::exchange(waiting_, {})) {
        guarded(waiting.number, [&] { connect(waiting.number, waiting.since); });
    }
    return !waiting_.empty();
}

void ConnectLoad::connect(std::size_t number, Clock::time_point since) {
    if (meter_.has_ended()) return;
    Descriptor socket = target_.begin_connecting();
    if (!socket) {
        waiting_.push_back({number, since});
        return;
    }
    Connection& connection = connections_[number];
    connection.open(std::move(socket));
    ask(connection, 1, since);
    // To a server on the same machine the connection stands at once: no event is needed for that.
    flush(connection);
    poller_.add(connection.socket(), number);
}

void ConnectLoad::handle(std::size_t number, std::uint32_t events) {
    Connection& connection = connections_[number];
    if (connection.has_unsent()) flush(connection);
    if ((events & (EPOLLIN | end_events)) == 0) return;
    const Clock::time_point now = receive(connection, events);
    if (connection.in_flight() > 0) return;
    connection.close();
    connect(number, now);
}

// ---- Idle connections ----

void stay_idle(std::vector<Connection>& connections, const Settings& settings, Run& run) {
    Poller poller;
    for (std::size_t i = 0; i < connections.size(); ++i) poller.add(connections[i].socket(), i);
    const Clock::time_point until = Clock::now() + settings.idle;
    std::array<char, 64> buffer{};
    while (Clock::now() < until && !Interrupts::has_come()) {
        for (const epoll_event& event : poller.wait(until)) {
            if ((event.events & (EPOLLIN | end_events)) == 0) continue;
            Connection& connection = connections[event.data.u64];
            try {
                [[maybe_unused]] const auto nothing = connection.receive(buffer);
            } catch (const std::runtime_error& error) {
                connection.close();
                run.add_error(error.what());
            }
        }
    }
}

}  // namespace charcount::bench
