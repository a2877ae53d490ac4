// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of StopLedger: which ends it counts as what, and whom it tells.

#include <doctest/doctest.h>

#include <asio/error.hpp>
#include <charcount/detail/stop_ledger.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <cstdint>
#include <future>
#include <support/events.hpp>
#include <system_error>
#include <vector>

namespace {

using charcount::errc;
using charcount::StopReport;
using charcount::detail::StopLedger;
using charcount::test::patience;

TEST_CASE("ends before the stop are not counted") {
    StopLedger ledger;
    ledger.note({.error = {}, .unsent_bytes = 5});
    ledger.begin();
    ledger.finish();
    const StopReport report = ledger.wait();
    CHECK(report.drained + report.forced + report.failed + report.unsent_bytes == 0);
}

TEST_CASE("each end is counted as what it was") {
    StopLedger ledger;
    ledger.begin();
    ledger.note({.error = {}, .unsent_bytes = 0});
    ledger.note({.error = errc::server_stopped, .unsent_bytes = 0});
    ledger.note({.error = errc::drain_timed_out, .unsent_bytes = 100});
    ledger.note({.error = asio::error::connection_reset, .unsent_bytes = 20});
    ledger.note({.error = errc::handler_failed, .unsent_bytes = 3});
    ledger.note({.error = errc::message_too_long, .unsent_bytes = 0});
    ledger.finish();
    const StopReport report = ledger.wait();
    CHECK(report.drained == 2);
    CHECK(report.forced == 1);
    CHECK(report.failed == 3);
    CHECK(report.unsent_bytes == 123);
    CHECK(report.cause == std::error_code());
}

TEST_CASE("the cause of an end is reported") {
    StopLedger ledger;
    ledger.set_cause(errc::accept_timed_out);
    ledger.finish();
    CHECK(ledger.wait().cause == errc::accept_timed_out);
}

TEST_CASE("everybody who waits is told, once") {
    StopLedger ledger;
    std::vector<std::uint64_t> told;
    ledger.on_finish([&](const StopReport& report) { told.push_back(report.drained); });
    ledger.on_finish([&](const StopReport& report) { told.push_back(report.drained + 10); });
    auto waiting = std::async(std::launch::async, [&] { return ledger.wait(); });
    ledger.begin();
    ledger.note({.error = {}, .unsent_bytes = 0});
    CHECK(told.empty());
    ledger.finish();
    ledger.finish();
    CHECK(told == std::vector<std::uint64_t>{1, 11});
    REQUIRE(waiting.wait_for(patience) == std::future_status::ready);
    CHECK(waiting.get().drained == 1);
}

TEST_CASE("whoever asks after the end is told at once") {
    StopLedger ledger;
    ledger.finish();
    bool told = false;
    ledger.on_finish([&](const StopReport&) { told = true; });
    CHECK(told);
}

}  // namespace
