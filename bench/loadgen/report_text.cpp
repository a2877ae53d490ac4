// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The report as text, and what it concludes.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <sstream>
#include <utility>

#include "report.hpp"

namespace charcount::bench {
namespace {

constexpr double busy = 0.9;     // of a processor
constexpr double noticed = 0.1;  // of the time

// With three digits that say something: 1,230,000 as "1.23 M".
std::string short_number(double number) {
    const char* unit = "";
    for (const char* next : {" k", " M", " G"}) {
        if (number < 999.5) break;
        number /= 1000;
        unit = next;
    }
    const int digits = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
    std::ostringstream out;
    out << std::fixed << std::setprecision(digits) << number << unit;
    return out.str();
}

std::string microseconds(double nanoseconds) {
    std::ostringstream out;
    const double number = nanoseconds / 1000;
    out << std::fixed << std::setprecision(number < 100 ? 1 : 0) << number << " us";
    return out.str();
}

std::string cpu_words(double cpu, const Measured& measured) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(3);
    if (measured.totals.requests > 0) {
        out << cpu * 1e6 / static_cast<double>(measured.totals.requests) << " us a request, ";
    }
    out << std::setprecision(0) << 100 * cpu / measured.seconds << " % of a processor";
    return out.str();
}

std::string_view words(Bottleneck bottleneck) {
    switch (bottleneck) {
        case Bottleneck::server:
            return "the server: it was busy all the time";
        case Bottleneck::generator:
            return "this generator: judge the server by its CPU time, not by requests/s";
        case Bottleneck::both:
            return "both: the server and this generator were busy all the time";
        case Bottleneck::neither:
            return "neither: the server and this generator waited for each other";
        case Bottleneck::others:
            return "other programs, which kept the server or this generator waiting";
        case Bottleneck::shared_cpu:
            return "the processor, which both share: judge the server by its CPU time";
        case Bottleneck::unknown:
            break;
    }
    return "not this generator; for more, name the server with --server-pid";
}

std::string load_words(const Settings& settings) {
    const std::string noun = settings.connections == 1 ? "connection" : "connections";
    const std::string connections = std::to_string(settings.connections) + " ";
    switch (settings.mode) {
        case Mode::connect:
            return connections + noun + " at a time, one request each";
        case Mode::idle:
            return connections + "idle " + noun + ", one request before";
        case Mode::load:
            break;
    }
    return connections + noun + ", " + std::to_string(settings.depth) + " deep";
}

void line(std::ostream& out, std::string_view label, const std::string& value) {
    out << std::left << std::setw(16) << label << value << '\n';
}

void print_head(std::ostream& out, const Result& result) {
    const Settings& settings = result.settings;
    line(out, "server", result.target);
    line(out, "load",
         load_words(settings) + ", messages of " + std::to_string(settings.message_bytes) + " B " +
             settings.text);
}

void print_measured(std::ostream& out, const Measured& measured) {
    const Totals& totals = measured.totals;
    const auto rate = [&](std::uint64_t count) {
        return short_number(static_cast<double>(count) / measured.seconds);
    };
    std::ostringstream seconds;
    seconds << std::fixed << std::setprecision(2) << measured.seconds << " s";
    line(out, "measured", seconds.str() + ", " + std::to_string(totals.requests) + " requests");
    line(out, "requests/s", rate(totals.requests));
    line(out, "bytes/s",
         rate(totals.bytes_sent) + "B to the server, " + rate(totals.bytes_received) + "B from it");
    std::string latencies;
    for (const auto& [label, percent] :
         {std::pair{"p50 ", 50.0}, {"  p99 ", 99.0}, {"  p99.9 ", 99.9}}) {
        const auto value = static_cast<double>(totals.latency.percentile(percent));
        latencies += label + microseconds(value);
    }
    latencies += "  max " + microseconds(static_cast<double>(totals.latency.max()));
    line(out, "latency", latencies);
}

void print_memory(std::ostream& out, const Result& result) {
    const ServerFacts& server = *result.server;
    const auto kibibytes = [](std::size_t bytes) { return std::to_string(bytes / 1024) + " KiB"; };
    const auto print = [&](std::string_view label, std::size_t before, std::size_t after) {
        const double each = per_connection(result, before, after);
        line(out, label,
             kibibytes(before) + " before, " + kibibytes(after) +
                 " after: " + std::to_string(std::lround(each)) + " B a connection");
    };
    print("server memory", server.before.anonymous_bytes, server.after.anonymous_bytes);
    print("  with files", server.before.resident_bytes, server.after.resident_bytes);
}

}  // namespace

Bottleneck bottleneck(const Measured& measured, const Cpus& cpus) {
    const bool is_generator_busy = measured.own_cpu() > busy * measured.seconds;
    if (!measured.server) return is_generator_busy ? Bottleneck::generator : Bottleneck::unknown;
    const double all = measured.server->cpu;
    if (cpus.is_shared) {
        const bool is_full = all + measured.own_cpu() > busy * measured.seconds;
        return is_full ? Bottleneck::shared_cpu : Bottleneck::neither;
    }
    const bool is_server_busy = measured.server->busiest_thread > busy * measured.seconds ||
                                all > busy * measured.seconds * cpus.count;
    if (is_server_busy) return is_generator_busy ? Bottleneck::both : Bottleneck::server;
    if (is_generator_busy) return Bottleneck::generator;
    const double waited = std::max(measured.own_waiting, measured.server->waiting);
    return waited > noticed * measured.seconds ? Bottleneck::others : Bottleneck::neither;
}

double per_connection(const Result& result, std::size_t before, std::size_t after) {
    return (static_cast<double>(after) - static_cast<double>(before)) /
           static_cast<double>(result.settings.connections);
}

void print_text(std::ostream& out, const Result& result) {
    print_head(out, result);
    if (result.measured) {
        const Measured& measured = *result.measured;
        print_measured(out, measured);
        if (measured.server) line(out, "server CPU", cpu_words(measured.server->cpu, measured));
        line(out, "generator CPU", cpu_words(measured.own_cpu(), measured));
        const Cpus cpus = result.server ? result.server->cpus : Cpus{};
        line(out, "bottleneck", std::string(words(bottleneck(measured, cpus))));
    }
    if (result.server) print_memory(out, result);
    line(out, "replies", std::to_string(result.run.replies_checked) + " checked and right");
    if (result.run.errors > 0) line(out, "errors", std::to_string(result.run.errors));
    if (result.was_interrupted) line(out, "", "interrupted");
}

}  // namespace charcount::bench
