// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The report as JSON; bench/README.md describes it.

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>

#include "report.hpp"

namespace charcount::bench {
namespace {

std::string quoted(std::string_view text) {
    std::ostringstream out;
    out << '"' << std::hex << std::setfill('0');
    for (const char c : text) {
        const auto value = static_cast<unsigned>(static_cast<unsigned char>(c));
        if (c == '"' || c == '\\') {
            out << '\\' << c;
        } else if (value < 0x20) {
            out << "\\u" << std::setw(4) << value;
        } else {
            out << c;
        }
    }
    out << '"';
    return out.str();
}

/// One flat object.
class Object {
public:
    void text(std::string_view name, std::string_view value) { raw(name, quoted(value)); }
    void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
    void null(std::string_view name) { raw(name, "null"); }

    template <class Integer>
    void whole(std::string_view name, Integer value) {
        raw(name, std::to_string(value));
    }

    void real(std::string_view name, double value) {
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        raw(name, std::string(digits.data(), end));
    }

    void raw(std::string_view name, const std::string& value) {
        body_ += (body_.empty() ? "" : ", ") + quoted(name) + ": " + value;
    }

    [[nodiscard]] std::string str() const { return "{" + body_ + "}"; }

private:
    std::string body_;
};

double seconds(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

double per_request(double cpu, const Totals& totals) {
    return totals.requests == 0 ? 0 : cpu * 1e6 / static_cast<double>(totals.requests);
}

void add_settings(Object& object, const Result& result) {
    const Settings& settings = result.settings;
    constexpr std::string_view modes[] = {"load", "connect", "idle"};
    object.text("mode", modes[static_cast<std::size_t>(settings.mode)]);
    object.text("target", result.target);
    object.whole("connections", settings.connections);
    object.whole("depth", settings.depth);
    object.whole("burst", settings.burst);
    object.whole("message_bytes", settings.message_bytes);
    object.text("text", settings.text);
    object.whole("messages", result.messages);
    object.real("warm_up_seconds", seconds(settings.warm_up));
    object.real("duration_seconds", seconds(settings.duration));
    object.real("idle_seconds", seconds(settings.idle));
    if (settings.cpu) {
        object.whole("pinned_cpu", *settings.cpu);
    } else {
        object.null("pinned_cpu");
    }
}

std::string latency(const Histogram& histogram) {
    Object object;
    object.whole("min", histogram.min());
    object.real("mean", histogram.mean());
    object.whole("p50", histogram.percentile(50));
    object.whole("p90", histogram.percentile(90));
    object.whole("p99", histogram.percentile(99));
    object.whole("p99_9", histogram.percentile(99.9));
    object.whole("max", histogram.max());
    return object.str();
}

std::string measured(const Measured& measured, const Result& result) {
    const Totals& totals = measured.totals;
    Object object;
    object.real("seconds", measured.seconds);
    object.whole("requests", totals.requests);
    object.real("requests_per_second", static_cast<double>(totals.requests) / measured.seconds);
    object.whole("bytes_sent", totals.bytes_sent);
    object.whole("bytes_received", totals.bytes_received);
    object.raw("latency_ns", latency(totals.latency));
    object.real("generator_user_seconds", measured.own_user);
    object.real("generator_system_seconds", measured.own_system);
    object.real("generator_waiting_seconds", measured.own_waiting);
    object.real("generator_cpu_us_per_request", per_request(measured.own_cpu(), totals));
    if (measured.server) {
        object.real("server_cpu_seconds", measured.server->cpu);
        object.real("server_busiest_thread_seconds", measured.server->busiest_thread);
        object.real("server_waiting_seconds", measured.server->waiting);
        object.real("server_cpu_us_per_request", per_request(measured.server->cpu, totals));
    }
    const Cpus cpus = result.server ? result.server->cpus : Cpus{};
    object.text("bottleneck", name(bottleneck(measured, cpus)));
    return object.str();
}

std::string server(const Result& result) {
    const ServerFacts& server = *result.server;
    Object object;
    object.whole("pid", *result.settings.server_pid);
    object.whole("processes", server.processes);
    object.whole("cpus", server.cpus.count);
    object.boolean("shares_its_only_cpu", server.cpus.is_shared);
    const auto add = [&](const std::string& kind, std::size_t before, std::size_t after) {
        object.whole(kind + "_bytes_before", before);
        object.whole(kind + "_bytes_after", after);
        object.real(kind + "_bytes_per_connection", per_connection(result, before, after));
    };
    add("resident", server.before.resident_bytes, server.after.resident_bytes);
    add("anonymous", server.before.anonymous_bytes, server.after.anonymous_bytes);
    return object.str();
}

}  // namespace

std::string_view name(Bottleneck bottleneck) {
    switch (bottleneck) {
        case Bottleneck::server:
            return "server";
        case Bottleneck::generator:
            return "generator";
        case Bottleneck::both:
            return "both";
        case Bottleneck::neither:
            return "neither";
        case Bottleneck::others:
            return "others";
        case Bottleneck::shared_cpu:
            return "shared_cpu";
        case Bottleneck::unknown:
            break;
    }
    return "unknown";
}

void print_json(std::ostream& out, const Result& result) {
    Object object;
    add_settings(object, result);
    object.raw("measured", result.measured ? measured(*result.measured, result) : "null");
    object.raw("server", result.server ? server(result) : "null");
    object.boolean("interrupted", result.was_interrupted);
    object.whole("replies_checked", result.run.replies_checked);
    object.whole("errors", result.run.errors);
    if (result.run.errors > 0) {
        object.text("first_error", result.run.first_error);
    } else {
        object.null("first_error");
    }
    out << object.str() << '\n';
}

}  // namespace charcount::bench
