// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the options: their defaults, and that they are written as aggregates.

#include <doctest/doctest.h>

#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
#include <type_traits>

namespace {

using charcount::ClientOptions;
using charcount::ConversationOptions;
using charcount::PushPolicy;
using charcount::ServerOptions;
using charcount::ServerStats;
using charcount::StopReport;
using namespace std::chrono_literals;

static_assert(std::is_aggregate_v<ConversationOptions>);
static_assert(std::is_aggregate_v<ServerOptions>);
static_assert(std::is_aggregate_v<ClientOptions>);
static_assert(std::is_aggregate_v<ServerStats> && std::is_aggregate_v<StopReport>);
static_assert(std::is_copy_assignable_v<ServerOptions> && std::is_copy_assignable_v<ClientOptions>);

TEST_CASE("a message may have 1 MiB, and as much output may wait") {
    CHECK(charcount::default_max_message_bytes == 1024 * 1024);
    CHECK_FALSE(ConversationOptions().max_message_bytes.has_value());
    CHECK_FALSE(ServerOptions().max_message_bytes.has_value());
    CHECK(ClientOptions().max_message_bytes == charcount::default_max_message_bytes);
    CHECK(ConversationOptions().max_pending_output_bytes == 1024 * 1024);
    CHECK(ClientOptions().max_pending_output_bytes == 1024 * 1024);
}

TEST_CASE("a server listens on this machine alone, unless told otherwise") {
    const ServerOptions options;
    CHECK(options.host == "127.0.0.1");
    CHECK(options.port == 0);
    CHECK(options.path.empty());
    CHECK_FALSE(options.stop_on_signals);
    CHECK_FALSE(options.on_accept_error);
}

TEST_CASE("a server serves for ever, and as many requests as come") {
    const ServerOptions options;
    CHECK(options.connections_to_serve == 0);
    CHECK(options.requests_per_connection == 0);
    CHECK(options.accept_timeout == 0ms);
    CHECK(options.threads >= 1);
    CHECK(options.backlog >= 128);
    CHECK(options.max_connections >= 1000);
}

TEST_CASE("everything that may wait for a peer has an end by default") {
    const ServerOptions server;
    CHECK_FALSE(server.message_timeout.has_value());
    CHECK(server.write_timeout == 30s);
    CHECK(server.idle_timeout == 5min);
    CHECK(server.linger_timeout == 1s);
    CHECK(server.drain_timeout == 5s);
    CHECK(server.accept_retry_delay > 0ms);
    CHECK(server.accept_retry_delay <= 1s);

    const ClientOptions client;
    CHECK(client.resolve_timeout == 5s);
    CHECK(client.connect_timeout == 10s);
    CHECK(client.send_timeout == 30s);
    CHECK(client.receive_timeout == 30s);
}

TEST_CASE("a server's limits on a conversation are a conversation's own") {
    const ServerOptions server;
    const ConversationOptions conversation;
    CHECK(server.max_message_bytes == conversation.max_message_bytes);
    CHECK(server.max_pending_output_bytes == conversation.max_pending_output_bytes);
    CHECK(server.requests_per_connection == conversation.max_requests);
    CHECK(server.push_policy == conversation.push_policy);
    CHECK(conversation.push_policy == PushPolicy::drop);
}

TEST_CASE("options are written by name, in the order of their declaration") {
    const ServerOptions server{.host = "::1",
                               .port = 12345,
                               .backlog = 5,
                               .threads = 2,
                               .max_connections = 10,
                               .connections_to_serve = 1,
                               .requests_per_connection = 1,
                               .max_message_bytes = 1024,
                               .push_policy = PushPolicy::disconnect,
                               .accept_timeout = 10s,
                               .message_timeout = 1500ms,
                               .stop_on_signals = true};
    CHECK(server.host == "::1");
    CHECK(server.port == 12345);
    CHECK(server.max_message_bytes == 1024U);
    CHECK(server.message_timeout == 1500ms);
    CHECK(server.accept_timeout == 10'000ms);
    CHECK(server.idle_timeout == ServerOptions().idle_timeout);

    const ServerOptions local{.path = "charcount.sock"};
    CHECK(local.path == "charcount.sock");

    const ClientOptions client{.host = "localhost", .port = 12345, .receive_timeout = 1s};
    CHECK(client.port == 12345);
    CHECK(client.receive_timeout == 1s);
    CHECK(client.send_timeout == ClientOptions().send_timeout);

    const ConversationOptions conversation{.max_message_bytes = 0, .max_requests = 3};
    CHECK(conversation.max_message_bytes == 0U);
    CHECK(conversation.max_requests == 3);
}

TEST_CASE("figures and reports begin at nothing") {
    const ServerStats stats;
    CHECK(stats.connections_accepted + stats.connections_open + stats.messages == 0);
    CHECK(stats.bytes_received + stats.bytes_sent + stats.accept_failures == 0);
    const StopReport report;
    CHECK(report.drained + report.forced + report.failed + report.unsent_bytes == 0);
    CHECK_FALSE(report.cause);
}

}  // namespace
