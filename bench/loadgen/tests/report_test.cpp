// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of what the report concludes.

#include "report.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

using namespace charcount::bench;

namespace {

// Of one second.
Measured measured(double own_cpu, double server_cpu, double busiest_thread) {
    Measured measured;
    measured.seconds = 1;
    measured.own_system = own_cpu;
    measured.server = ServerUse{server_cpu, busiest_thread, 0};
    return measured;
}

}  // namespace

TEST_CASE("the side that was busy all the time is the bottleneck") {
    const Cpus two{2, false};
    CHECK(bottleneck(measured(0.5, 0.95, 0.95), two) == Bottleneck::server);
    CHECK(bottleneck(measured(0.95, 0.5, 0.5), two) == Bottleneck::generator);
    CHECK(bottleneck(measured(0.95, 0.95, 0.95), two) == Bottleneck::both);
    CHECK(bottleneck(measured(0.5, 0.5, 0.5), two) == Bottleneck::neither);
}

TEST_CASE("many threads are busy together when they use all processors") {
    CHECK(bottleneck(measured(0.5, 0.95, 0.1), {1, false}) == Bottleneck::server);
    CHECK(bottleneck(measured(0.5, 0.95, 0.1), {2, false}) == Bottleneck::neither);
}

TEST_CASE("on one processor neither side alone is the bottleneck") {
    CHECK(bottleneck(measured(0.5, 0.45, 0.45), {1, true}) == Bottleneck::shared_cpu);
    CHECK(bottleneck(measured(0.2, 0.2, 0.2), {1, true}) == Bottleneck::neither);
}

TEST_CASE("a side that was kept waiting points to other programs") {
    Measured waited = measured(0.5, 0.5, 0.5);
    waited.own_waiting = 0.3;
    CHECK(bottleneck(waited, {2, false}) == Bottleneck::others);
    waited = measured(0.5, 0.5, 0.5);
    waited.server->waiting = 0.3;
    CHECK(bottleneck(waited, {2, false}) == Bottleneck::others);
}

TEST_CASE("without the server's process only the generator can be found guilty") {
    Measured alone;
    alone.seconds = 1;
    CHECK(bottleneck(alone, {}) == Bottleneck::unknown);
    alone.own_user = 0.95;
    CHECK(bottleneck(alone, {}) == Bottleneck::generator);
}

TEST_CASE("JSON holds what was said about the first error, escaped") {
    Result result;
    result.target = "127.0.0.1:1";
    result.run.add_error("got \"a\nb\"");
    result.run.add_error("another one");
    std::ostringstream out;
    print_json(out, result);
    CHECK(out.str().find("\"errors\": 2, \"first_error\": \"got \\\"a\\u000ab\\\"\"") !=
          std::string::npos);
    CHECK(out.str().find("\"measured\": null") != std::string::npos);
}
