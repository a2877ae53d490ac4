// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of converse and exchange, with which users test their handlers.

#include <doctest/doctest.h>

#include <charcount/char_count_handler.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/testing.hpp>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using charcount::CharCountHandler;
using charcount::converse;
using charcount::errc;
using charcount::exchange;
using charcount::LengthFraming;
using charcount::Peer;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using namespace std::string_literals;
using namespace std::string_view_literals;
using Texts = std::vector<std::string>;

TEST_CASE("exchange gives the bytes that come back for the bytes that are sent") {
    CHECK(exchange(CharCountHandler(), "Halo\r\ndunia\n") == "4\n5\n");
    CHECK(exchange(CharCountHandler(), "").empty());
    CHECK(exchange(CharCountHandler(), "Halo") == "error: the last message is not complete\n");
    CHECK(exchange<LengthFraming>(CharCountHandler(), "\0\0\0\4Halo"sv) == "\0\0\0\0014"s);
    CHECK(exchange<RawFraming>(CharCountHandler(), "Halo\n") == "5");
    CHECK(exchange<UntilEofFraming>(CharCountHandler(), "Halo\n") == "5");
    CHECK(exchange<UntilEofFraming>(CharCountHandler(), "") == "0");
}

TEST_CASE("exchange keeps to the options") {
    CHECK(exchange(CharCountHandler(), "Halo\nHalo!\n", {.max_message_bytes = 4}) ==
          "4\nerror: message longer than 4 bytes\n");
    CHECK(exchange(CharCountHandler(), "a\nb\nc\n", {.max_requests = 2}) == "1\n1\n");
    CHECK(exchange(CharCountHandler(), "a\nb\nc\n", {.max_pending_output_bytes = 1}) ==
          "1\n1\n1\n");
}

TEST_CASE("converse gives one text for each reply") {
    CHECK(converse(CharCountHandler(), {"Halo", "", "Gr\xC3\xBC\xC3\x9F\x65"}) ==
          Texts{"4", "0", "5"});
    CHECK(converse(CharCountHandler(), {}).empty());
    CHECK(
        converse([](std::string_view) { return std::optional<std::string>(); }, {"Halo"}).empty());
    CHECK(converse([](std::string_view) { return ""; }, {"Halo"}) == Texts{""});
}

TEST_CASE("converse carries any bytes") {
    const auto echo = [](std::string_view message) { return std::string(message); };
    const Texts messages{"line\nline\r\n", "\0\0\0\4"s, "\xFF", std::string(100'000, 'x')};
    CHECK(converse(echo, messages) == messages);
}

TEST_CASE("converse keeps the order of pushes and replies, and calls the hooks") {
    struct Greeter {
        std::error_code* closed;
        int seen = 0;
        void on_open(Peer& peer) const { peer.send("hi"); }
        std::string operator()(Peer& peer, std::string_view message) {
            peer.send("got " + std::string(message));
            return std::to_string(++seen);
        }
        void on_close(Peer&, std::error_code error) const { *closed = error; }
    };
    std::error_code closed = errc::handler_failed;
    CHECK(converse(Greeter{&closed}, {"a", "b"}) == Texts{"hi", "got a", "1", "got b", "2"});
    CHECK_FALSE(closed);
}

TEST_CASE("a handler that throws or closes gets no further message") {
    int seen = 0;
    const auto throwing = [&seen](std::string_view message) -> std::string {
        ++seen;
        if (message == "bad") throw std::runtime_error("on purpose");
        return "ok";
    };
    CHECK(converse(throwing, {"a", "bad", "b"}) == Texts{"ok"});
    CHECK(seen == 2);

    const auto closing = [](Peer& peer, std::string_view) {
        peer.close();
        return "bye";
    };
    CHECK(converse(closing, {"a", "b"}) == Texts{"bye"});
}

}  // namespace
