// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// See run_bench.hpp.

#include "run_bench.hpp"

#include <sched.h>

#include <cstddef>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "requests.hpp"
#include "setup.hpp"
#include "target.hpp"
#include "workload.hpp"

namespace charcount::bench {
namespace {

void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        throw last_error("run on processor " + std::to_string(cpu));
}

/// Runs the load that the result's settings name, and puts into it what that finds.
class Bench {
public:
    explicit Bench(Result& result)
        : result_(result),
          requests_(kind_of(result.settings.text), result.settings.message_bytes,
                    result.settings.depth),
          target_(result.settings) {
        result.messages = requests_.amount();
        result.target = target_.name();
        if (result.settings.server_pid) process_.emplace(*result.settings.server_pid);
    }

    void run() {
        const Settings& settings = result_.settings;
        const bool is_idle = settings.mode == Mode::idle;
        result_.run.deadline = Clock::now() + settings.grace +
                               (is_idle ? settings.idle : settings.warm_up + settings.duration);
        // The server has then touched what it needs for any connection at all.
        open(1);
        if (process_) result_.server.emplace().before = process_->memory();
        if (is_idle) {
            auto connections = open(settings.connections);
            stay_idle(connections, settings, result_.run);
            read_server();
        } else {
            run_load();
        }
        result_.was_interrupted = Interrupts::has_come();
    }

private:
    std::vector<Connection> open(std::size_t amount) {
        return open_connections(amount, result_.settings, requests_, target_, result_.run);
    }

    void run_load() {
        const Settings& settings = result_.settings;
        std::vector<Connection> connections;
        if (settings.mode == Mode::load) connections = open(settings.connections);
        Meter meter(settings, process_ ? &*process_ : nullptr);
        const auto load = make_load(meter, std::move(connections));
        load->run();
        result_.measured = meter.measured();
        read_server();
    }

    std::unique_ptr<Workload> make_load(Meter& meter, std::vector<Connection> connections) {
        const Settings& settings = result_.settings;
        if (settings.mode == Mode::connect)
            return std::make_unique<ConnectLoad>(settings, meter, result_.run, requests_, target_);
        return std::make_unique<SteadyLoad>(settings, meter, result_.run, std::move(connections));
    }

    void read_server() {
        if (!process_) return;
        result_.server->after = process_->memory();
        result_.server->processes = process_->processes();
        result_.server->cpus = {process_->cpus(), process_->shares_its_only_cpu()};
    }

    Result& result_;
    Requests requests_;
    Target target_;
    std::optional<ServerProcess> process_;
};

}  // namespace

void run_bench(Result& result) {
    if (result.settings.cpu) pin(*result.settings.cpu);
    allow_connections(result.settings.connections);
    Interrupts::take();
    Bench(result).run();
    (result.settings.is_json ? print_json : print_text)(std::cout, result);
    if (!std::cout.flush()) throw last_error("write standard output");
    if (result.run.errors > 0) throw std::runtime_error(result.run.first_error);
    if (result.settings.mode != Mode::idle && !result.measured)
        throw std::runtime_error("interrupted before anything was measured");
}

}  // namespace charcount::bench
