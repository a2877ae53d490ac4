// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the Inbox: messages out of reads, the limit on their size, and what it keeps.

#include <doctest/doctest.h>

#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/inbox.hpp>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <support/splits.hpp>
#include <vector>

namespace {

using charcount::Inbox;
using charcount::InboxPart;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using charcount::test::byte_by_byte;
using charcount::test::describe;
using charcount::test::Pieces;
using charcount::test::split_at_every_offset;
using namespace std::string_literals;
using namespace std::string_view_literals;
using Kind = InboxPart::Kind;

/// Whether whole messages are first taken in one step.
enum class Steps { all, one_for_whole };

template <class F>
struct Received {
    Inbox<F> inbox;
    Steps steps = Steps::all;
    std::vector<std::string> messages = {};
    bool too_long = false;

    void read(std::string_view bytes, bool more_follows = false) {
        int rounds = 0;
        do {
            REQUIRE_MESSAGE(++rounds < 1000, "an endless loop");
            if (!take_whole(bytes)) take(inbox.next(bytes, more_follows));
        } while (!bytes.empty() && !too_long);
    }

    void end_of_stream() { take(inbox.end_of_stream()); }

private:
    bool take_whole(std::string_view& bytes) {
        std::string_view message;
        if (steps == Steps::all || !inbox.take_whole(bytes, message)) return false;
        messages.emplace_back(message);
        return true;
    }

    void take(const InboxPart& part) {
        std::string_view message;
        if (part.kind == Kind::too_long) too_long = true;
        if (part.kind == Kind::nothing || too_long) return;
        if (inbox.join(part, message)) messages.emplace_back(message);
    }
};

template <class F>
Received<F> received(std::uint64_t limit, const Pieces& reads, bool more_follows = false,
                     Steps steps = Steps::all) {
    Received<F> state{Inbox<F>(limit), steps};
    for (std::size_t i = 0; i < reads.size() && !state.too_long; ++i)
        state.read(reads[i], more_follows && i + 1 < reads.size());
    return state;
}

/// What comes back, in every split, when the last read is followed by the end of the stream.
template <class F>
void check_every_split(std::uint64_t limit, std::string_view stream,
                       const std::vector<std::string>& messages, bool too_long = false) {
    for (const Pieces& reads : split_at_every_offset(stream)) {
        for (const Steps steps : {Steps::all, Steps::one_for_whole}) {
            CAPTURE(limit);
            CAPTURE(describe(reads));
            auto state = received<F>(limit, reads, true, steps);
            if (!state.too_long) state.end_of_stream();
            CHECK(describe(state.messages) == describe(messages));
            CHECK(state.too_long == too_long);
        }
    }
}

TEST_CASE("messages come out whole, wherever the reads are cut") {
    check_every_split<LineFraming>(100, "hi\nbob\r\n\nx\ry\r\r\n", {"hi", "bob", "", "x\ry\r"});
    check_every_split<LengthFraming>(100, "\0\0\0\2hi\0\0\0\0\0\0\0\3bob"sv, {"hi", "", "bob"});
    check_every_split<UntilEofFraming>(100, "hi\nbob", {"hi\nbob"});
    check_every_split<RawFraming>(100, "Gr\xC3\xBC\xC3\x9F\x65", {"Gr\xC3\xBC\xC3\x9F\x65"});
}

TEST_CASE("exactly the limit is accepted, one byte more is not") {
    check_every_split<LineFraming>(4, "Halo\nHalo\r\n", {"Halo", "Halo"});
    check_every_split<LineFraming>(4, "a\nHalo!\nb\n", {"a"}, true);
    check_every_split<LineFraming>(4, "Halo\r\r\n", {}, true);
    check_every_split<LineFraming>(4, "Halo!", {}, true);
    check_every_split<LengthFraming>(4, "\0\0\0\4Halo\0\0\0\4Halo"sv, {"Halo", "Halo"});
    check_every_split<LengthFraming>(4, "\0\0\0\1a\0\0\0\5Halo!\0\0\0\1b"sv, {"a"}, true);
    check_every_split<UntilEofFraming>(4, "Halo", {"Halo"});
    check_every_split<UntilEofFraming>(4, "Halo!", {}, true);
}

TEST_CASE("a limit of nothing accepts empty messages alone") {
    check_every_split<LineFraming>(0, "\n\r\n\n", {"", "", ""});
    check_every_split<LineFraming>(0, "\na\n", {""}, true);
    check_every_split<LengthFraming>(0, "\0\0\0\0"sv, {""});
    check_every_split<LengthFraming>(0, "\0\0\0\1a"sv, {}, true);
    check_every_split<UntilEofFraming>(0, "", {""});
    check_every_split<UntilEofFraming>(0, "a", {}, true);
    check_every_split<RawFraming>(0, "a", {}, true);
    check_every_split<RawFraming>(0, "\xC3\xA9", {}, true);
}

TEST_CASE("a held sequence is no way around a limit of nothing") {
    auto raw = received<RawFraming>(0, {"\xC3"});
    raw.end_of_stream();
    CHECK(raw.too_long);
    CHECK(raw.messages.empty());
}

TEST_CASE("a message in one step is a view into the read, and none that has begun") {
    Inbox<LineFraming> inbox(100);
    std::string_view input = "Halo\r\ndunia";
    std::string_view message;
    const char* const begin = input.data();
    REQUIRE(inbox.take_whole(input, message));
    CHECK(message == "Halo");
    CHECK(message.data() == begin);
    CHECK(input == "dunia");
    CHECK_FALSE(inbox.take_whole(input, message));
    CHECK(input == "dunia");
    CHECK(inbox.next(input, false).kind == Kind::piece);

    std::string_view rest = "!\nab\n";
    CHECK_FALSE(inbox.take_whole(rest, message));
    CHECK(inbox.next(rest, false).bytes == "!");
    REQUIRE(inbox.take_whole(rest, message));
    CHECK(message == "ab");
    CHECK(rest.empty());
}

TEST_CASE("a framing that can't tell leaves all to the steps") {
    Inbox<LengthFraming> inbox(100);
    std::string_view input = "\0\0\0\2hi"sv;
    std::string_view message;
    CHECK_FALSE(inbox.take_whole(input, message));
    CHECK(input.size() == 6);
}

TEST_CASE("the CR of a line's end does not count against the limit, a CR in the text does") {
    check_every_split<LineFraming>(4, "Halo\r\n", {"Halo"});
    check_every_split<LineFraming>(4, "Hal\r\r\n", {"Hal\r"});
    check_every_split<LineFraming>(4, "Halo\rx\n", {}, true);
}

TEST_CASE("a length over the limit is refused by its header alone") {
    Received<LengthFraming> state{Inbox<LengthFraming>(1000)};
    state.read("\0\0\x03"sv);
    CHECK_FALSE(state.too_long);
    state.read("\xE9"sv);
    CHECK(state.too_long);

    Received<LengthFraming> largest{Inbox<LengthFraming>(1000)};
    largest.read("\xFF\xFF\xFF\xFF"sv);
    CHECK(largest.too_long);
}

TEST_CASE("a length of exactly the limit is not refused by its header") {
    Received<LengthFraming> state{Inbox<LengthFraming>(1000)};
    state.read("\0\0\x03\xE8"sv);
    CHECK_FALSE(state.too_long);
    state.read(std::string(1000, 'x'));
    CHECK_FALSE(state.too_long);
    CHECK(state.messages == std::vector{std::string(1000, 'x')});
}

TEST_CASE("the limit may be larger than any message") {
    check_every_split<LineFraming>(UINT64_MAX, "Halo\n", {"Halo"});
    check_every_split<LengthFraming>(UINT64_MAX, "\0\0\0\4Halo"sv, {"Halo"});
    check_every_split<UntilEofFraming>(UINT64_MAX, "Halo", {"Halo"});
    check_every_split<RawFraming>(UINT64_MAX, "Halo", {"Halo"});
}

TEST_CASE("raw: a long message is split at the limit") {
    check_every_split<RawFraming>(4, "Halodu", {"Halo", "du"});
    check_every_split<RawFraming>(1, "abc", {"a", "b", "c"});
    CHECK(received<RawFraming>(4, {"Halo"}).messages == std::vector{"Halo"s});
    CHECK(received<RawFraming>(4, {"Halodu", "nia"}).messages ==
          std::vector{"Halo"s, "du"s, "nia"s});
}

TEST_CASE("raw: a message of exactly the limit does not wait for more when none follows") {
    auto raw = received<RawFraming>(4, {"Halo"});
    CHECK_FALSE(raw.inbox.in_message());
    raw.read("dua", true);
    CHECK(raw.messages.size() == 1);
    CHECK(raw.inbox.in_message());
}

TEST_CASE("raw: a sequence at the limit begins the next message, which keeps to the limit too") {
    check_every_split<RawFraming>(4, "ab\xE5\xAD\x97z", {"ab", "\xE5\xAD\x97z"});
    check_every_split<RawFraming>(4, "abc\xE5\xAD\x97z", {"abc", "\xE5\xAD\x97z"});
    check_every_split<RawFraming>(4, "a\xF0\x9F\x98\x80z", {"a", "\xF0\x9F\x98\x80", "z"});
    check_every_split<RawFraming>(5, "ab\xC3\xA9\xC3\xA9", {"ab\xC3\xA9", "\xC3\xA9"});
}

TEST_CASE("raw: a sequence that is longer than the limit is split too") {
    check_every_split<RawFraming>(2, "\xF0\x9F\x98\x80", {"\xF0\x9F", "\x98\x80"});
    check_every_split<RawFraming>(3, "a\xF0\x9F\x98\x80", {"a", "\xF0\x9F\x98", "\x80"});
    check_every_split<RawFraming>(1, "\xC3\xA9", {"\xC3", "\xA9"});
}

TEST_CASE("a message that lies in one read is a view into it") {
    Inbox<LineFraming> inbox(100);
    const std::string_view read = "hi\nbob\n";
    std::string_view rest = read;
    std::string_view message;
    REQUIRE(inbox.join(inbox.next(rest, false), message));
    CHECK(message.data() == read.data());
    REQUIRE(inbox.join(inbox.next(rest, false), message));
    CHECK(message == "bob");
    CHECK(message.data() == read.data() + 3);
    CHECK(rest.empty());
}

TEST_CASE("the parts of a message are found as they arrive") {
    Inbox<LineFraming> inbox(100);
    std::string_view input = "bo";
    InboxPart part = inbox.next(input, false);
    CHECK(part.kind == Kind::piece);
    CHECK(part.bytes == "bo");
    CHECK(inbox.in_message());

    input = "\r";
    CHECK(inbox.next(input, false).kind == Kind::nothing);

    input = "b\nx";
    part = inbox.next(input, false);
    CHECK(part.kind == Kind::piece);
    CHECK(part.bytes == "\r");
    part = inbox.next(input, false);
    CHECK(part.kind == Kind::end);
    CHECK(part.bytes == "b");
    CHECK_FALSE(inbox.in_message());
    CHECK(input == "x");
}

TEST_CASE("a read without bytes brings nothing") {
    Inbox<LineFraming> line(100);
    Inbox<LengthFraming> length(100);
    Inbox<RawFraming> raw(100);
    Inbox<UntilEofFraming> until_eof(100);
    std::string_view input;
    CHECK(line.next(input, false).kind == Kind::nothing);
    CHECK(length.next(input, false).kind == Kind::nothing);
    CHECK(raw.next(input, false).kind == Kind::nothing);
    CHECK(until_eof.next(input, false).kind == Kind::nothing);
}

TEST_CASE("the end of the stream is the end of a message where the framing says so") {
    CHECK(Inbox<LineFraming>(100).end_of_stream().kind == Kind::nothing);
    CHECK(Inbox<LengthFraming>(100).end_of_stream().kind == Kind::nothing);
    CHECK(Inbox<RawFraming>(100).end_of_stream().kind == Kind::nothing);
    CHECK(Inbox<UntilEofFraming>(100).end_of_stream().kind == Kind::end);
}

TEST_CASE("memory that is given back is not memory that is in use") {
    Received<LineFraming> state{Inbox<LineFraming>(100)};
    state.read("Ha");
    state.inbox.release_memory();
    state.read("lo\ndu");
    state.inbox.release_memory();
    state.read("nia\n");
    state.inbox.release_memory();
    state.read("!\n");
    CHECK(state.messages == std::vector{"Halo"s, "dunia"s, "!"s});
}

TEST_CASE("the limit can be asked for") {
    CHECK(Inbox<LineFraming>(42).max_message_bytes() == 42);
}

}  // namespace
