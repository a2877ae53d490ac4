// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the error codes: their messages, their category, and the conditions they equal.

#include <doctest/doctest.h>

#include <charcount/error.hpp>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using charcount::errc;

struct Row {
    errc error;
    std::optional<std::errc> condition;
};

constexpr Row every_error[] = {
    {errc::accept_timed_out, std::errc::timed_out},
    {errc::resolve_timed_out, std::errc::timed_out},
    {errc::connect_timed_out, std::errc::timed_out},
    {errc::send_timed_out, std::errc::timed_out},
    {errc::receive_timed_out, std::errc::timed_out},
    {errc::message_timed_out, std::errc::timed_out},
    {errc::idle_timed_out, std::errc::timed_out},
    {errc::write_timed_out, std::errc::timed_out},
    {errc::drain_timed_out, std::errc::timed_out},
    {errc::message_too_long, std::errc::message_size},
    {errc::message_truncated, std::nullopt},
    {errc::output_overflow, std::errc::no_buffer_space},
    {errc::handler_failed, std::nullopt},
    {errc::not_connected, std::errc::not_connected},
    {errc::already_connected, std::errc::already_connected},
    {errc::connection_closed, std::errc::connection_aborted},
    {errc::server_stopped, std::errc::operation_canceled},
    {errc::already_started, std::nullopt},
    {errc::invalid_option, std::errc::invalid_argument},
};

constexpr std::string_view unknown = "unknown charcount error";

TEST_CASE("the table of this test holds every error once, in order") {
    int value = 0;
    for (const Row& row : every_error) CHECK(static_cast<int>(row.error) == ++value);

    const std::error_code beyond{value + 1, charcount::error_category()};
    CHECK(beyond.message().starts_with(unknown));
}

TEST_CASE("every error's message says what happened and what to do, in one line") {
    std::set<std::string> messages;
    for (const Row& row : every_error) {
        const std::string message = make_error_code(row.error).message();
        CAPTURE(message);
        CHECK_FALSE(message.starts_with(unknown));
        CHECK(message.find("; ") != std::string::npos);
        CHECK(message.find('\n') == std::string::npos);
        CHECK(message.back() != '.');
        CHECK(message.size() <= 80);
        CHECK(messages.insert(message).second);
    }
}

TEST_CASE("every error is a failure") {
    for (const Row& row : every_error) {
        const std::error_code code = row.error;
        CHECK(code);
        CHECK(code == row.error);
    }
}

TEST_CASE("an error equals the standard condition that fits it, and no other") {
    for (const Row& row : every_error) {
        const std::error_code code = row.error;
        CAPTURE(code.message());
        for (const std::errc condition :
             {std::errc::timed_out, std::errc::message_size, std::errc::no_buffer_space,
              std::errc::not_connected, std::errc::already_connected, std::errc::connection_aborted,
              std::errc::operation_canceled, std::errc::invalid_argument}) {
            CHECK((code == condition) == (row.condition == condition));
        }
    }
}

TEST_CASE("an error without a standard condition is a condition of its own") {
    const std::error_code code = errc::handler_failed;
    CHECK(code.default_error_condition().category() == charcount::error_category());
    CHECK(code.default_error_condition().value() == static_cast<int>(errc::handler_failed));
}

TEST_CASE("the category is one object named charcount") {
    CHECK(std::string_view{charcount::error_category().name()} == "charcount");
    CHECK(&charcount::error_category() == &make_error_code(errc::not_connected).category());
}

TEST_CASE("an error of the system with the same number is another error") {
    const std::error_code system{static_cast<int>(errc::connect_timed_out), std::system_category()};
    CHECK(system != errc::connect_timed_out);
}

TEST_CASE("zero is not an error") {
    const std::error_code none{0, charcount::error_category()};
    CHECK_FALSE(none);
}

TEST_CASE("a system_error made from an error tells its message") {
    const std::system_error thrown{errc::not_connected, "send"};
    CHECK(std::string_view{thrown.what()} == "send: there is no connection; connect first");
}

}  // namespace
