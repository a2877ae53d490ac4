// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the Conversation: what comes back for what arrives, in every way that it can arrive.

#include <doctest/doctest.h>

#include <algorithm>
#include <charcount/conversation.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/fake_awaitable.hpp>
#include <support/splits.hpp>
#include <support/talk.hpp>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using charcount::CharCountHandler;
using charcount::Conversation;
using charcount::ConversationOptions;
using charcount::errc;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::Peer;
using charcount::PushPolicy;
using charcount::RawFraming;
using charcount::Unit;
using charcount::UntilEofFraming;
using charcount::test::byte_by_byte;
using charcount::test::describe;
using charcount::test::Ended;
using charcount::test::FakeAwaitable;
using charcount::test::Pieces;
using charcount::test::read;
using charcount::test::split_at_every_offset;
using charcount::test::talk;
using charcount::test::written;
using namespace std::string_literals;
using namespace std::string_view_literals;

static_assert(!std::is_copy_constructible_v<Conversation<>>);
static_assert(noexcept(std::declval<Conversation<>&>().close()));

struct Echo {
    std::string operator()(std::string_view message) const { return std::string(message); }
};

template <class F, class H = CharCountHandler>
void check_every_split(std::string_view stream, const Ended& expected, const H& handler = H(),
                       const ConversationOptions& options = {}) {
    for (const Pieces& reads : split_at_every_offset(stream)) {
        CAPTURE(describe(reads));
        CHECK(talk<F>(reads, handler, options, true) == expected);
    }
}

// Whole conversations.

TEST_CASE("lines are answered line by line, wherever the reads are cut") {
    check_every_split<LineFraming>("Halo\n", {"4\n", {}, 1});
    check_every_split<LineFraming>("Halo\r\nGr\xC3\xBC\xC3\x9F\x65\n\n", {"4\n5\n0\n", {}, 3});
    check_every_split<LineFraming>("a\rb\r\r\n\r\n", {"4\n0\n", {}, 2});
    check_every_split<LineFraming>("\xF0\x9F\x98\x80\n", {"1\n", {}, 1});
    check_every_split<LineFraming>("", {"", {}, 0});
}

TEST_CASE("invalid UTF-8 is an answer, and the conversation goes on") {
    check_every_split<LineFraming>("Halo\nab\xFFz\nok\n",
                                   {"4\nerror: invalid UTF-8 at byte 2\n2\n", {}, 3});
    check_every_split<LineFraming>("\xE5\xAD\n\xE5\xAD\x97\n",
                                   {"error: invalid UTF-8 at byte 0\n1\n", {}, 2});
}

TEST_CASE("frames are answered frame by frame, wherever the reads are cut") {
    check_every_split<LengthFraming>("\0\0\0\4Halo\0\0\0\0\0\0\0\3a\nb"sv,
                                     {"\0\0\0\0014\0\0\0\0010\0\0\0\0013"s, {}, 3});
    check_every_split<LengthFraming>("", {"", {}, 0});
}

TEST_CASE("until EOF there is one answer, wherever the reads are cut") {
    check_every_split<UntilEofFraming>("Halo\ndunia\n", {"11", {}, 1});
    check_every_split<UntilEofFraming>("Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x98\x80", {"7", {}, 1});
    check_every_split<UntilEofFraming>("ab\xE5\xAD", {"error: invalid UTF-8 at byte 2", {}, 1});
    check_every_split<UntilEofFraming>("", {"0", {}, 1});
}

TEST_CASE("raw reads that belong together have one answer, wherever they are cut") {
    check_every_split<RawFraming>("Halo\n", {"5", {}, 1});
    check_every_split<RawFraming>("Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x98\x80", {"7", {}, 1});
    check_every_split<RawFraming>("", {"", {}, 0});
}

TEST_CASE("a handler of whole messages gets the same messages, wherever the reads are cut") {
    check_every_split<LineFraming>("Halo\r\n\r\ndunia\n", {"Halo\n\ndunia\n", {}, 3}, Echo());
    check_every_split<LengthFraming>("\0\0\0\4Halo\0\0\0\0"sv, {"\0\0\0\4Halo\0\0\0\0"s, {}, 2},
                                     Echo());
    check_every_split<RawFraming>("Halo \xF0\x9F\x98\x80", {"Halo \xF0\x9F\x98\x80", {}, 1},
                                  Echo());
    check_every_split<UntilEofFraming>("Halo\ndunia", {"Halo\ndunia", {}, 1}, Echo());
}

std::string in_brackets(std::string_view message) {
    return "<" + std::string(message) + ">";
}

TEST_CASE("a function is a handler") {
    Conversation conversation(in_brackets);
    conversation.receive("a\nb\n");
    CHECK(conversation.output() == "<a>\n<b>\n");
}

TEST_CASE("the unit is the handler's") {
    const Pieces reads{"Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x98\x80\n"};
    CHECK(talk(reads, CharCountHandler(Unit::code_points)).output == "7\n");
    CHECK(talk(reads, CharCountHandler(Unit::bytes)).output == "12\n");
    CHECK(talk(reads, CharCountHandler(Unit::utf16_units)).output == "8\n");
}

// The end of the stream.

TEST_CASE("a last message that is not complete is an error, wherever the reads are cut") {
    const std::string line = "error: the last message is not complete\n";
    check_every_split<LineFraming>("Halo", {line, errc::message_truncated, 0});
    check_every_split<LineFraming>("Halo\ndun", {"4\n" + line, errc::message_truncated, 1});
    check_every_split<LineFraming>("Halo\n\r", {"4\n" + line, errc::message_truncated, 1});

    const std::string frame =
        "\0\0\0\x27"
        "error: the last message is not complete"s;
    for (const std::string_view cut : {"\0"sv, "\0\0\0"sv, "\0\0\0\4"sv, "\0\0\0\4Hal"sv})
        check_every_split<LengthFraming>(cut, {frame, errc::message_truncated, 0});
}

TEST_CASE("after the end of the stream nothing is received") {
    Conversation<> conversation;
    conversation.open();
    read(conversation, "Halo\n");
    conversation.end_of_stream();
    CHECK_FALSE(conversation.wants_input());
    read(conversation, "more\n");
    conversation.end_of_stream();
    CHECK(written(conversation) == "4\n");
    CHECK(conversation.messages() == 1);
    CHECK(conversation.finished());
}

TEST_CASE("a conversation has finished when all is answered and written") {
    Conversation<> conversation;
    conversation.open();
    CHECK_FALSE(conversation.finished());
    read(conversation, "Halo\n");
    CHECK_FALSE(conversation.finished());
    conversation.end_of_stream();
    CHECK_FALSE(conversation.finished());
    CHECK(conversation.output() == "4\n");
    conversation.consume(1);
    CHECK_FALSE(conversation.finished());
    conversation.consume(1);
    CHECK(conversation.finished());
    CHECK_FALSE(conversation.error());
}

TEST_CASE("a conversation knows whether it is in a message, and how many there were") {
    Conversation<> conversation;
    conversation.open();
    CHECK_FALSE(conversation.in_message());
    read(conversation, "Ha");
    CHECK(conversation.in_message());
    CHECK(conversation.messages() == 0);
    read(conversation, "lo\n");
    CHECK_FALSE(conversation.in_message());
    CHECK(conversation.messages() == 1);
    read(conversation, "a\nb\nc");
    CHECK(conversation.in_message());
    CHECK(conversation.messages() == 3);
}

// The limit on a message.

TEST_CASE("exactly the limit is accepted, one byte more ends the conversation") {
    const ConversationOptions limit{.max_message_bytes = 4};
    const std::string refusal = "error: message longer than 4 bytes";

    check_every_split<LineFraming>("Halo\nHalo\r\n", {"4\n4\n", {}, 2}, CharCountHandler(), limit);
    check_every_split<LineFraming>("Halo\nHalo!\nHi\n",
                                   {"4\n" + refusal + "\n", errc::message_too_long, 1},
                                   CharCountHandler(), limit);
    check_every_split<LineFraming>("Halo!", {refusal + "\n", errc::message_too_long, 0}, Echo(),
                                   limit);

    check_every_split<LengthFraming>("\0\0\0\4Halo"sv, {"\0\0\0\0014"s, {}, 1}, CharCountHandler(),
                                     limit);
    check_every_split<LengthFraming>("\0\0\0\5Halo!\0\0\0\0"sv,
                                     {"\0\0\0\x22"s + refusal, errc::message_too_long, 0},
                                     CharCountHandler(), limit);

    check_every_split<UntilEofFraming>("Halo", {"4", {}, 1}, CharCountHandler(), limit);
    check_every_split<UntilEofFraming>("Halo!", {refusal, errc::message_too_long, 0},
                                       CharCountHandler(), limit);

    check_every_split<RawFraming>("Halodunia", {"441", {}, 3}, CharCountHandler(), limit);
}

TEST_CASE("a length over the limit is refused by its header alone") {
    Conversation<Echo, LengthFraming> conversation(Echo(), {.max_message_bytes = 1000});
    conversation.open();
    read(conversation, "\0\0\x03\xE9"sv);
    CHECK(conversation.output() ==
          "\0\0\0\x25"
          "error: message longer than 1000 bytes"s);
    CHECK_FALSE(conversation.wants_input());
    CHECK(written(conversation).size() == 4 + 37);
    CHECK(conversation.finished());
    CHECK(conversation.error() == errc::message_too_long);
}

TEST_CASE("after the refusal nothing is taken, however much arrives") {
    Conversation<Echo> conversation(Echo(), {.max_message_bytes = 4});
    conversation.open();
    read(conversation, "Halo!");
    CHECK_FALSE(conversation.wants_input());
    for (int i = 0; i < 10; ++i) read(conversation, "more and more\n");
    conversation.end_of_stream();
    CHECK(written(conversation) == "error: message longer than 4 bytes\n");
    CHECK(conversation.finished());
    CHECK(conversation.messages() == 0);
}

TEST_CASE("without the option a message may have 1 MiB, and a stream in pieces any length") {
    const std::string most(charcount::default_max_message_bytes, 'x');
    const std::string refusal = "error: message longer than 1048576 bytes";
    const std::string count = std::to_string(most.size());

    CHECK(talk({most, "\n"}) == Ended{count + "\n", {}, 1});
    CHECK(talk({most, "x\n"}) == Ended{refusal + "\n", errc::message_too_long, 0});
    CHECK(talk<UntilEofFraming>({most, "x"}, Echo()) == Ended{refusal, errc::message_too_long, 0});
    CHECK(talk<UntilEofFraming>({most, most, "x"}) == Ended{"2097153", {}, 1});
}

// Raw reads.

TEST_CASE("raw: every read has its answer") {
    CHECK(talk<RawFraming>({"Halo", "Gr\xC3\xBC\xC3\x9F\x65", "\n"}) == Ended{"451", {}, 3});
    CHECK(talk<RawFraming>({"Halo", "dunia"}, Echo()) == Ended{"Halodunia", {}, 2});
}

TEST_CASE("raw: a sequence that is cut by a read is counted once, and never reported invalid") {
    for (const std::string_view sequence : {"\xC3\xA9"sv, "\xE5\xAD\x97"sv, "\xF0\x9F\x98\x80"sv}) {
        for (std::size_t cut = 1; cut < sequence.size(); ++cut) {
            const std::string head(sequence.substr(0, cut));
            const std::string tail(sequence.substr(cut));
            CAPTURE(describe({head, tail}));
            CHECK(talk<RawFraming>({"ab" + head, tail + "cde"}) == Ended{"24", {}, 2});
            CHECK(talk<RawFraming>({head, tail}) == Ended{"1", {}, 1});
            CHECK(talk<RawFraming>(byte_by_byte(sequence)) == Ended{"1", {}, 1});
            CHECK(talk<RawFraming>({"ab" + head, "c"}) ==
                  Ended{"2error: invalid UTF-8 at byte 0", {}, 2});
            CHECK(talk<RawFraming>({"ab" + head}) ==
                  Ended{"2error: invalid UTF-8 at byte 0", {}, 2});
        }
    }
}

TEST_CASE("raw: what follows at once belongs to the same message") {
    Conversation<CharCountHandler, RawFraming> conversation;
    conversation.open();
    read(conversation, "Halo", true);
    CHECK(conversation.pending_output() == 0);
    CHECK(conversation.in_message());
    SUBCASE("more came") {
        read(conversation, "dunia", false);
        CHECK(conversation.output() == "9");
    }
    SUBCASE("there was no more after all") {
        read(conversation, "", false);
        CHECK(conversation.output() == "4");
    }
    SUBCASE("the stream ended") {
        conversation.end_of_stream();
        CHECK(conversation.output() == "4");
    }
    SUBCASE("the owner ends the conversation") {
        conversation.finish();
        CHECK(conversation.output() == "4");
        CHECK_FALSE(conversation.error());
    }
    CHECK(conversation.messages() == 1);
    CHECK_FALSE(conversation.in_message());
}

TEST_CASE("raw: that no more follows may be said while the conversation waits") {
    Conversation<CharCountHandler, RawFraming> conversation(CharCountHandler(),
                                                            {.max_pending_output_bytes = 4});
    conversation.open();
    read(conversation, "Halo", true);
    CHECK_FALSE(conversation.peer().send("push"));
    conversation.collect_pushes();
    CHECK_FALSE(conversation.wants_input());
    read(conversation, "", false);
    SUBCASE("then the peer takes the output") {
        CHECK(written(conversation) == "push4");
        CHECK(conversation.wants_input());
        CHECK_FALSE(conversation.in_message());
    }
    SUBCASE("then more is received all the same") {
        read(conversation, "dunia", false);
        CHECK(written(conversation) == "push45");
    }
    SUBCASE("then the stream ends") {
        conversation.end_of_stream();
        CHECK(written(conversation) == "push4");
        CHECK(conversation.finished());
    }
    SUBCASE("then the owner ends the conversation") {
        conversation.finish();
        CHECK(written(conversation) == "push4");
        CHECK(conversation.finished());
        CHECK_FALSE(conversation.error());
    }
}

TEST_CASE("raw: bytes that waited still belong to what follows at once") {
    Conversation<CharCountHandler, RawFraming> conversation(
        CharCountHandler(), {.max_message_bytes = 4, .max_pending_output_bytes = 1});
    conversation.open();
    read(conversation, "Halodu", true);
    CHECK_FALSE(conversation.wants_input());
    CHECK(written(conversation) == "4");
    CHECK(conversation.in_message());
    read(conversation, "n", false);
    CHECK(written(conversation) == "3");
}

// The high-water mark.

TEST_CASE("at the high-water mark messages wait, and go on when half of it has drained") {
    Conversation<Echo> conversation(Echo(), {.max_pending_output_bytes = 8});
    conversation.open();
    read(conversation, "abc\ndef\nghi\njkl\nmno");
    CHECK(conversation.pending_output() == 8);
    CHECK_FALSE(conversation.wants_input());
    CHECK(conversation.messages() == 2);

    CHECK(conversation.output() == "abc\ndef\n");
    conversation.consume(3);
    CHECK(conversation.messages() == 2);
    CHECK_FALSE(conversation.wants_input());
    conversation.consume(1);
    CHECK(conversation.messages() == 3);
    CHECK(conversation.pending_output() == 8);
    CHECK_FALSE(conversation.wants_input());

    CHECK(written(conversation) == "def\nghi\njkl\n");
    CHECK(conversation.wants_input());
    CHECK(conversation.in_message());
    read(conversation, "\n");
    CHECK(written(conversation) == "mno\n");
}

TEST_CASE("no answer is lost or out of order, whatever the mark and however slow the peer") {
    std::string stream;
    for (int i = 0; i < 200; ++i) stream += std::to_string(i * i) + "\n";
    for (const std::size_t mark : {0U, 1U, 2U, 5U, 16U, 100U, 100'000U}) {
        for (const std::size_t read_size : {1U, 7U, 64U, 100'000U}) {
            for (const std::size_t write_size : {1U, 3U, 100'000U}) {
                CAPTURE(mark);
                CAPTURE(read_size);
                CAPTURE(write_size);
                Conversation<Echo> conversation(Echo(), {.max_pending_output_bytes = mark});
                conversation.open();
                std::string answers;
                std::size_t highest = 0;
                std::string_view unread = stream;
                while (!conversation.finished()) {
                    const bool has_stopped =
                        !conversation.wants_input() && conversation.output().empty();
                    REQUIRE_FALSE(has_stopped);
                    if (conversation.wants_input()) {
                        read(conversation, unread.substr(0, read_size));
                        unread.remove_prefix(std::min(read_size, unread.size()));
                        if (unread.empty()) conversation.end_of_stream();
                    }
                    highest = std::max(highest, conversation.pending_output());
                    const std::string_view next = conversation.output().substr(0, write_size);
                    answers += next;
                    conversation.consume(next.size());
                }
                CHECK(answers == stream);
                CHECK(highest <= mark + 6);  // one answer of at most six bytes over it
                CHECK_FALSE(conversation.error());
            }
        }
    }
}

TEST_CASE("the end of the stream waits for the messages that wait") {
    Conversation<Echo> conversation(Echo(), {.max_pending_output_bytes = 4});
    conversation.open();
    read(conversation, "abc\ndef\nghi");
    conversation.end_of_stream();
    CHECK(conversation.output() == "abc\n");
    CHECK_FALSE(conversation.finished());
    CHECK_FALSE(conversation.error());
    CHECK(written(conversation) == "abc\ndef\nerror: the last message is not complete\n");
    CHECK(conversation.finished());
    CHECK(conversation.error() == errc::message_truncated);
}

TEST_CASE("the end of the stream waits for the high-water mark alone") {
    Conversation<CharCountHandler, UntilEofFraming> conversation(CharCountHandler(),
                                                                 {.max_pending_output_bytes = 4});
    conversation.open();
    read(conversation, "Halo dunia");
    CHECK_FALSE(conversation.peer().send("push"));
    conversation.collect_pushes();
    conversation.end_of_stream();
    CHECK(conversation.pending_output() == 4);
    CHECK_FALSE(conversation.finished());
    CHECK(written(conversation) == "push10");
    CHECK(conversation.finished());
}

TEST_CASE("bytes that arrive although none were wanted are kept") {
    Conversation<Echo> conversation(Echo(), {.max_pending_output_bytes = 4});
    conversation.open();
    read(conversation, "abc\n");
    CHECK_FALSE(conversation.wants_input());
    read(conversation, "de");
    read(conversation, "f\ngh");
    read(conversation, "i\n");
    CHECK(conversation.messages() == 1);
    CHECK(written(conversation) == "abc\ndef\nghi\n");
    CHECK(conversation.wants_input());
}

TEST_CASE("output that is being written does not move when more arrives") {
    Conversation<Echo> conversation;
    conversation.open();
    read(conversation, "Halo\n");
    const std::string_view being_written = conversation.output();
    for (int i = 0; i < 1000; ++i) read(conversation, "dunia dunia dunia\n");
    CHECK(conversation.output().data() == being_written.data());
    CHECK(being_written == "Halo\n");
}

TEST_CASE("a pipelined burst is answered as one run of bytes") {
    Conversation<> conversation;
    conversation.open();
    read(conversation, "a\nbb\nccc\n\n");
    CHECK(conversation.output() == "1\n2\n3\n0\n");
}

// The number of requests.

TEST_CASE("after the last request that is allowed the conversation ends in good order") {
    for (const std::uint64_t allowed : {1U, 2U, 3U}) {
        CAPTURE(allowed);
        const ConversationOptions options{.max_requests = allowed};
        const std::string answers = std::string("a\nb\nc\n").substr(0, 2 * allowed);
        check_every_split<LineFraming>("a\nb\nc\nd\ne", {answers, {}, allowed}, Echo(), options);
    }
    const ConversationOptions one{.max_requests = 1};
    CHECK(talk<RawFraming>({"Halo", "dunia"}, CharCountHandler(), one) == Ended{"4", {}, 1});
    CHECK(talk<UntilEofFraming>({"Halo"}, CharCountHandler(), one) == Ended{"4", {}, 1});
}

TEST_CASE("a request without an answer is a request too") {
    int seen = 0;
    auto count = [&seen](std::string_view) { ++seen; };
    Conversation<decltype(count)> conversation(count, {.max_requests = 2});
    conversation.open();
    read(conversation, "a\nb\nc\n");
    CHECK(seen == 2);
    CHECK_FALSE(conversation.wants_input());
    CHECK(conversation.finished());
}

// Forms of handlers.

TEST_CASE("every form of reply is framed, and none is none") {
    const auto reply_of = [](auto handler) { return talk({"x\n"}, handler).output; };
    CHECK(reply_of([](std::string_view) { return "text"; }) == "text\n");
    CHECK(reply_of([](std::string_view text) { return text; }) == "x\n");
    CHECK(reply_of([](Peer&, std::string_view) { return std::string("text"); }) == "text\n");
    CHECK(reply_of([](std::string_view) { return std::optional<std::string>("text"); }) ==
          "text\n");
    CHECK(reply_of([](std::string_view) { return std::optional<std::string>(); }).empty());
    CHECK(reply_of([](std::string_view) {}).empty());
    CHECK(reply_of([](std::string_view) { return ""; }) == "\n");
}

TEST_CASE("a handler keeps the state of its connection") {
    struct Numbered {
        int seen = 0;
        std::string operator()(std::string_view text) {
            return std::to_string(++seen) + ":" + std::string(text);
        }
    };
    const Numbered original;
    Conversation<Numbered> one(original);
    Conversation<Numbered> other(original);
    one.open();
    other.open();
    read(one, "a\nb\n");
    read(other, "c\n");
    CHECK(one.output() == "1:a\n2:b\n");
    CHECK(other.output() == "1:c\n");
    CHECK(one.handler().seen == 2);
    CHECK(original.seen == 0);
}

struct Chunks {
    std::vector<std::string>* seen;
    void on_chunk(std::string_view piece) const { seen->emplace_back(piece); }
    std::string on_end() const { return std::to_string(seen->size()); }
};

TEST_CASE("a handler of pieces gets them as they arrive") {
    std::vector<std::string> seen;
    CHECK(talk({"Ha", "lo\n\nx", "\n"}, Chunks{&seen}).output == "2\n2\n3\n");
    CHECK(seen == Pieces{"Ha", "lo", "x"});

    seen.clear();
    CHECK(talk<UntilEofFraming>({"Ha", "lo"}, Chunks{&seen}).output == "2");
    CHECK(seen == Pieces{"Ha", "lo"});
}

TEST_CASE("a handler of both forms gets whole what arrives whole, and pieces of the rest") {
    struct Both : Chunks {
        std::string operator()(std::string_view message) const {
            return "whole " + std::string(message);
        }
    };
    std::vector<std::string> seen;
    CHECK(talk({"a\nb", "c\nd\n"}, Both{{&seen}}).output == "whole a\n2\nwhole d\n");
    CHECK(seen == Pieces{"b", "c"});
}

// Exceptions of the user's code.

struct ThrowAt {
    std::string_view where;
    std::vector<std::string>* log;

    void at(std::string_view here) const {
        log->emplace_back(here);
        if (here == where) throw std::runtime_error("on purpose");
    }

    void on_open(Peer& peer) const {
        peer.send("hi");
        at("open");
    }
    std::string operator()(std::string_view message) const {
        at(message);
        return std::string(message);
    }
    void on_close(Peer&, std::error_code error) const {
        log->push_back("close: " + (error ? error.message() : "in good order"));
        at("close");
    }
};

TEST_CASE("a handler that throws ends its conversation, after the answers before it") {
    std::vector<std::string> log;
    const std::string failed = "close: " + make_error_code(errc::handler_failed).message();
    SUBCASE("in a message") {
        CHECK(talk({"a\nb\nc\n"}, ThrowAt{"b", &log}) == Ended{"hi\na\n", errc::handler_failed, 2});
        CHECK(log == std::vector{"open"s, "a"s, "b"s, failed, "close"s});
    }
    SUBCASE("in on_open") {
        CHECK(talk({"a\n"}, ThrowAt{"open", &log}) == Ended{"hi\n", errc::handler_failed, 0});
        CHECK(log == std::vector{"open"s, failed, "close"s});
    }
    SUBCASE("in on_close") {
        CHECK(talk({"a\n"}, ThrowAt{"close", &log}) == Ended{"hi\na\n", errc::handler_failed, 1});
        CHECK(log == std::vector{"open"s, "a"s, "close: in good order"s, "close"s});
    }
}

TEST_CASE("a handler of pieces that throws ends its conversation") {
    struct ThrowingChunks {
        bool in_end;
        void on_chunk(std::string_view) const {
            if (!in_end) throw std::runtime_error("on purpose");
        }
        std::string on_end() const { throw 42; }
    };
    CHECK(talk({"a\nb\n"}, ThrowingChunks{false}) == Ended{"", errc::handler_failed, 1});
    CHECK(talk({"a", "\nb\n"}, ThrowingChunks{false}) == Ended{"", errc::handler_failed, 0});
    check_every_split<LineFraming>("a\nb\n", {"", errc::handler_failed, 1}, ThrowingChunks{true});
    CHECK(talk<UntilEofFraming>({"Halo"}, ThrowingChunks{false}) ==
          Ended{"", errc::handler_failed, 0});
    CHECK(talk<UntilEofFraming>({"Halo"}, ThrowingChunks{true}) ==
          Ended{"", errc::handler_failed, 1});
}

TEST_CASE("a handler that throws when it is copied leaves no conversation behind") {
    struct ThrowingCopy {
        ThrowingCopy() = default;
        ThrowingCopy(const ThrowingCopy&) { throw std::runtime_error("copy"); }
        void operator()(std::string_view) {}
    };
    const ThrowingCopy original;
    CHECK_THROWS_WITH(Conversation<ThrowingCopy>{original}, "copy");
}

// The end.

struct Recorder {
    std::vector<std::error_code>* closed;
    void on_close(Peer& peer, std::error_code error) const {
        closed->push_back(error);
        CHECK_FALSE(peer.is_open());
        CHECK(peer.send("late") == errc::connection_closed);
    }
    std::string operator()(std::string_view message) const { return std::string(message); }
};

TEST_CASE("on_close is called once, with the reason") {
    std::vector<std::error_code> closed;
    SUBCASE("in good order") {
        CHECK_FALSE(talk({"a\n"}, Recorder{&closed}).error);
        CHECK(closed == std::vector{std::error_code()});
    }
    SUBCASE("a failed connection") {
        Conversation<Recorder> conversation(Recorder{&closed});
        conversation.open();
        read(conversation, "abc\n");
        const auto reset = make_error_code(std::errc::connection_reset);
        conversation.close(reset);
        conversation.close(errc::idle_timed_out);
        CHECK(conversation.error() == reset);
        CHECK(closed == std::vector{reset});
        CHECK(conversation.unsent_bytes() == 4);
    }
    SUBCASE("the first reason stands") {
        Conversation<Recorder> conversation(Recorder{&closed}, {.max_message_bytes = 1});
        conversation.open();
        read(conversation, "abc\n");
        conversation.close(make_error_code(std::errc::connection_reset));
        CHECK(closed == std::vector{make_error_code(errc::message_too_long)});
    }
}

TEST_CASE("unsent bytes are what was not written and what was not collected") {
    Conversation<Echo> conversation;
    conversation.open();
    read(conversation, "Halo\ndunia\n");
    CHECK(conversation.output() == "Halo\ndunia\n");
    conversation.consume(5);
    CHECK_FALSE(conversation.peer().send("push"));
    conversation.close(make_error_code(std::errc::connection_reset));
    CHECK(conversation.unsent_bytes() == 6 + 5);
}

TEST_CASE("a closed conversation takes nothing any more") {
    Conversation<Echo> conversation;
    conversation.open();
    const Peer peer = conversation.peer();
    conversation.close();
    read(conversation, "Halo\n");
    CHECK_FALSE(conversation.wants_input());
    CHECK(conversation.output().empty());
    CHECK(conversation.unsent_bytes() == 0);
    CHECK_FALSE(peer.is_open());
}

TEST_CASE("a peer outlives its conversation") {
    Peer peer;
    {
        Conversation<Echo> conversation;
        peer = conversation.peer();
        CHECK(peer == conversation.peer());
        CHECK(peer.is_open());
        CHECK(peer.address() == "local");
    }
    CHECK_FALSE(peer.is_open());
    CHECK(peer.send("late") == errc::connection_closed);
}

TEST_CASE("reject sends one error line and ends") {
    Conversation<Echo> conversation;
    conversation.open();
    read(conversation, "Halo\ndun");
    conversation.reject(errc::message_timed_out, "the message did not arrive in time");
    CHECK_FALSE(conversation.wants_input());
    read(conversation, "ia\n");
    CHECK(written(conversation) == "Halo\nerror: the message did not arrive in time\n");
    CHECK(conversation.finished());
    CHECK(conversation.error() == errc::message_timed_out);
}

TEST_CASE("reject adds nothing to a conversation that has ended already") {
    Conversation<Echo> conversation(Echo(), {.max_requests = 1});
    conversation.open();
    read(conversation, "Halo\n");
    conversation.reject(errc::message_timed_out, "too late");
    CHECK(written(conversation) == "Halo\n");
    CHECK_FALSE(conversation.error());
}

TEST_CASE("nothing follows the error line") {
    Conversation<Echo> conversation(Echo(), {.max_message_bytes = 4});
    conversation.open();
    const Peer peer = conversation.peer();
    CHECK_FALSE(peer.send("before"));
    read(conversation, "Halo!");
    CHECK_FALSE(peer.is_open());
    CHECK(peer.send("after") == errc::connection_closed);
    conversation.collect_pushes();
    CHECK(written(conversation) == "before\nerror: message longer than 4 bytes\n");
    CHECK(conversation.finished());
}

TEST_CASE("pushes that go on and on do not keep a conversation from its end") {
    Conversation<Echo> conversation(Echo(), {.max_requests = 1});
    conversation.open();
    const Peer peer = conversation.peer();
    read(conversation, "Halo\n");
    for (int i = 0; i < 3; ++i) {
        peer.send("push");
        conversation.collect_pushes();
        conversation.consume(std::min<std::size_t>(conversation.output().size(), 3));
    }
    CHECK(conversation.finished());
    CHECK_FALSE(conversation.error());
}

TEST_CASE("finish answers what has arrived and takes nothing more") {
    Conversation<Echo> conversation(Echo(), {.max_pending_output_bytes = 4});
    conversation.open();
    read(conversation, "abc\ndef\nghi\n");
    conversation.finish();
    CHECK_FALSE(conversation.wants_input());
    read(conversation, "jkl\n");
    CHECK_FALSE(conversation.finished());
    CHECK(written(conversation) == "abc\ndef\nghi\n");
    CHECK(conversation.finished());
    CHECK_FALSE(conversation.error());
}

TEST_CASE("finish gives a message that is not complete up, and says so") {
    Conversation<Echo> line(Echo(), {.max_pending_output_bytes = 4});
    line.open();
    read(line, "abc\ndef\ngh");
    line.finish();
    CHECK(written(line) == "abc\ndef\n");
    CHECK(line.finished());
    CHECK(line.error() == errc::server_stopped);

    Conversation<CharCountHandler, UntilEofFraming> stream;
    stream.open();
    read(stream, "Halo");
    stream.finish();
    CHECK(stream.finished());
    CHECK(stream.error() == errc::server_stopped);
}

TEST_CASE("finish ends an idle conversation at once") {
    Conversation<> conversation;
    conversation.open();
    conversation.finish();
    CHECK(conversation.finished());
    CHECK_FALSE(conversation.error());

    Conversation<CharCountHandler, UntilEofFraming> stream;
    stream.open();
    stream.finish();
    CHECK(stream.finished());
    CHECK(stream.output().empty());
    CHECK_FALSE(stream.error());
}

TEST_CASE("finish may say why") {
    Conversation<> conversation;
    conversation.open();
    read(conversation, "Halo\n");
    conversation.finish(errc::idle_timed_out);
    CHECK(written(conversation) == "4\n");
    CHECK(conversation.finished());
    CHECK(conversation.error() == errc::idle_timed_out);
}

// Pushes.

TEST_CASE("what a handler pushes goes before its reply") {
    struct Pusher {
        void on_open(Peer& peer) const { peer.send("hi"); }
        std::string operator()(Peer& peer, std::string_view message) const {
            peer.send("1" + std::string(message));
            peer.send("2" + std::string(message));
            return "3" + std::string(message);
        }
    };
    check_every_split<LineFraming>("a\nb\n", {"hi\n1a\n2a\n3a\n1b\n2b\n3b\n", {}, 2}, Pusher());

    Conversation<Pusher> conversation;
    conversation.open();
    CHECK(conversation.output() == "hi\n");
}

TEST_CASE("what a handler pushes instead of a reply is not lost") {
    struct Pusher {
        void operator()(Peer& peer, std::string_view message) const { peer.send(message); }
    };
    check_every_split<LineFraming>("a\nb\n", {"a\nb\n", {}, 2}, Pusher());
    check_every_split<UntilEofFraming>("Halo", {"Halo", {}, 1}, Pusher());
}

TEST_CASE("pushes of a handler fill the output to the high-water mark, and none is dropped") {
    int dropped = 0;
    const auto push = [&dropped](Peer& peer, std::string_view message) {
        if (peer.send(message)) ++dropped;
    };
    std::string stream;
    for (int i = 0; i < 100; ++i) stream += "abc\n";
    const ConversationOptions options{.max_pending_output_bytes = 16};
    CHECK(talk({stream}, push, options) == Ended{stream, {}, 100});
    CHECK(dropped == 0);
}

TEST_CASE("what a handler has pushed before it throws is sent") {
    struct Pusher {
        void operator()(Peer& peer, std::string_view message) const {
            peer.send(message);
            throw std::runtime_error("on purpose");
        }
    };
    CHECK(talk({"a\nb\n"}, Pusher()) == Ended{"a\n", errc::handler_failed, 1});
}

struct PushingChunks {
    std::shared_ptr<Peer> peer = std::make_shared<Peer>();
    void on_open(Peer& self) const { *peer = self; }
    void on_chunk(std::string_view piece) const { peer->send(piece); }
    std::string on_end() const { return "end"; }
};

TEST_CASE("what a handler pushes for a piece goes before what comes of the message") {
    CHECK(talk({"a", "b\n"}, PushingChunks()).output == "a\nb\nend\n");
    CHECK(talk({"a", "b"}, PushingChunks()).output ==
          "a\nb\nerror: the last message is not complete\n");
    CHECK(talk({"a", "bcdef\n"}, PushingChunks(), {.max_message_bytes = 3}).output ==
          "a\nerror: message longer than 3 bytes\n");
}

TEST_CASE("a push wakes the owner once, until the pushes are collected") {
    Conversation<> conversation;
    int wakes = 0;
    conversation.on_wake([&wakes] { ++wakes; });
    conversation.open();
    const Peer peer = conversation.peer();
    for (int i = 0; i < 3; ++i) CHECK_FALSE(peer.send("x"));
    CHECK(wakes == 1);
    CHECK(conversation.pending_output() == 0);
    conversation.collect_pushes();
    CHECK(conversation.output() == "x\nx\nx\n");
    conversation.collect_pushes();
    CHECK_FALSE(peer.send("y"));
    CHECK(wakes == 2);
    conversation.collect_pushes();
    CHECK(written(conversation) == "x\nx\nx\ny\n");
}

TEST_CASE("a push between two replies goes out between them") {
    Conversation<Echo> conversation;
    conversation.open();
    read(conversation, "a\n");
    CHECK_FALSE(conversation.peer().send("push"));
    read(conversation, "b\n");
    CHECK(written(conversation) == "a\npush\nb\n");
}

TEST_CASE("pushes are framed as replies are") {
    Conversation<Echo, LengthFraming> conversation;
    conversation.open();
    CHECK_FALSE(conversation.peer().send("push"));
    conversation.collect_pushes();
    CHECK(conversation.output() == "\0\0\0\4push"s);
}

TEST_CASE("drop: replies and pushes share one limit, and the sender is told") {
    Conversation<Echo> conversation(Echo(), {.max_pending_output_bytes = 8});
    conversation.open();
    const Peer peer = conversation.peer();
    read(conversation, "abc\n");
    CHECK(peer.send("12345") == errc::output_overflow);
    CHECK_FALSE(peer.send("1234"));
    conversation.collect_pushes();
    CHECK(peer.send("") == errc::output_overflow);
    CHECK(written(conversation) == "abc\n1234\n");
    CHECK_FALSE(peer.send("12345678"));
}

TEST_CASE("the output stays bounded when the peer takes nothing and pushes go on") {
    Conversation<Echo> conversation(Echo(), {.max_pending_output_bytes = 100});
    conversation.open();
    const Peer peer = conversation.peer();
    for (int i = 0; i < 1000; ++i) {
        peer.send("123456789");
        conversation.collect_pushes();
        CHECK_FALSE(conversation.output().empty());
    }
    CHECK(conversation.pending_output() == 100);
}

TEST_CASE("block: a conversation without a driver drops, since nobody would make room") {
    Conversation<Echo> conversation(
        Echo(), {.max_pending_output_bytes = 4, .push_policy = PushPolicy::block});
    conversation.open();
    CHECK_FALSE(conversation.peer().send("1234"));
    CHECK(conversation.peer().send("5") == errc::output_overflow);
}

TEST_CASE("disconnect: a push over the limit ends the conversation") {
    Conversation<Echo> conversation(
        Echo(), {.max_pending_output_bytes = 4, .push_policy = PushPolicy::disconnect});
    conversation.open();
    CHECK_FALSE(conversation.peer().send("123"));
    CHECK(conversation.peer().send("45") == errc::output_overflow);
    CHECK_FALSE(conversation.peer().is_open());
    conversation.collect_pushes();
    CHECK_FALSE(conversation.wants_input());
    CHECK(conversation.error() == errc::output_overflow);
    CHECK(written(conversation) == "123\n");
    CHECK(conversation.finished());
}

TEST_CASE("a peer that is closed lets through what was sent before") {
    Conversation<Echo> conversation;
    conversation.open();
    const Peer peer = conversation.peer();
    read(conversation, "Halo\n");
    CHECK_FALSE(peer.send("bye"));
    peer.close();
    CHECK(peer.send("late") == errc::connection_closed);
    conversation.collect_pushes();
    CHECK_FALSE(conversation.wants_input());
    CHECK_FALSE(conversation.finished());
    CHECK(written(conversation) == "Halo\nbye\n");
    CHECK(conversation.finished());
    CHECK_FALSE(conversation.error());
}

TEST_CASE("a handler that closes the connection still replies, and gets no further message") {
    struct Closer {
        std::string operator()(Peer& peer, std::string_view message) const {
            peer.close();
            return std::string(message);
        }
    };
    check_every_split<LineFraming>("a\nb\n", {"a\n", {}, 1}, Closer());

    struct SilentCloser {
        void operator()(Peer& peer, std::string_view) const { peer.close(); }
    };
    check_every_split<LineFraming>("a\nb\n", {"", {}, 1}, SilentCloser());

    struct EarlyCloser : Echo {
        void on_open(Peer& peer) const { peer.close(); }
    };
    check_every_split<LineFraming>("a\nb\n", {"", {}, 0}, EarlyCloser());
}

// Awaitable handlers.

struct Later {
    FakeAwaitable<std::string> operator()(std::string_view message) const {
        return FakeAwaitable<std::string>(message);
    }
};

TEST_CASE("an awaitable handler answers one message after the other") {
    Conversation<Later> conversation;
    conversation.open();
    CHECK_FALSE(conversation.is_awaiting());
    read(conversation, "Ha");
    read(conversation, "lo\ndunia\nx");
    CHECK(conversation.is_awaiting());
    CHECK_FALSE(conversation.wants_input());
    CHECK(conversation.messages() == 1);

    REQUIRE(conversation.work().is_ready());
    const auto first = conversation.work().take();
    CHECK_FALSE(conversation.work().is_ready());
    CHECK(first.message() == "Halo");
    conversation.complete(std::string("4"));

    CHECK(conversation.is_awaiting());
    REQUIRE(conversation.work().is_ready());
    CHECK(conversation.work().take().message() == "dunia");
    conversation.complete(std::string("5"));

    CHECK_FALSE(conversation.is_awaiting());
    CHECK(conversation.wants_input());
    CHECK(conversation.in_message());
    CHECK(conversation.output() == "4\n5\n");
}

// Runs the work of a conversation as it comes up, until there is none.
template <class Talk>
void run_work(Talk& conversation) {
    while (conversation.is_awaiting()) {
        const auto work = conversation.work().take();
        conversation.complete("<" + std::string(work.message()) + ">");
    }
}

template <class F>
void check_awaited_in_every_split(std::string_view stream, std::string_view expected) {
    for (const Pieces& reads : split_at_every_offset(stream)) {
        CAPTURE(describe(reads));
        Conversation<Later, F> conversation;
        conversation.open();
        for (std::size_t i = 0; i < reads.size(); ++i) {
            read(conversation, reads[i], i + 1 < reads.size());
            run_work(conversation);
        }
        conversation.end_of_stream();
        run_work(conversation);
        CHECK(written(conversation) == expected);
        CHECK(conversation.finished());
        CHECK_FALSE(conversation.error());
    }
}

TEST_CASE("an awaitable handler gets whole messages, wherever the reads are cut") {
    check_awaited_in_every_split<LineFraming>("Halo\r\n\ndunia\n", "<Halo>\n<>\n<dunia>\n");
    check_awaited_in_every_split<UntilEofFraming>("Halo\n", "<Halo\n>");
    check_awaited_in_every_split<RawFraming>("Halo \xC3\xA9", "<Halo \xC3\xA9>");
}

TEST_CASE("an awaited message stays as it was, whatever arrives meanwhile") {
    const std::string first(300, 'a');
    const std::string second(300, 'b');
    const std::string joined(300, 'c');
    Conversation<Later> conversation;
    conversation.open();
    std::string expected;
    const auto check_kept = [&](const std::string& message) {
        CAPTURE(message.front());
        const auto work = conversation.work().take();
        for (int i = 0; i < 100; ++i) {
            read(conversation, "x\n");
            expected += "<x>\n";
        }
        conversation.release_memory();
        CHECK(work.message() == message);
        conversation.complete(work.message());  // where it lies
    };
    SUBCASE("the first of a read") {
        read(conversation, first + "\n");
        check_kept(first);
        expected.insert(0, first + "\n");
    }
    SUBCASE("one that had to wait") {
        read(conversation, first + "\n" + second + "\n");
        static_cast<void>(conversation.work().take());
        conversation.complete(std::string("1"));
        check_kept(second);
        expected.insert(0, "1\n" + second + "\n");
    }
    SUBCASE("one that came in pieces") {
        read(conversation, joined.substr(0, 100));
        read(conversation, joined.substr(100) + "\n" + first + "\n" + second);
        check_kept(joined);
        expected.insert(0, joined + "\n<" + first + ">\n");
        expected.insert(expected.find("<x>"), "<" + second + "x>\n");
        expected.resize(expected.size() - 4);
    }
    run_work(conversation);
    CHECK(written(conversation) == expected);
}

TEST_CASE("the end of the stream waits for the awaited handler") {
    Conversation<Later> conversation;
    conversation.open();
    read(conversation, "a\nb\nc");
    conversation.end_of_stream();
    CHECK_FALSE(conversation.finished());
    CHECK_FALSE(conversation.error());
    run_work(conversation);
    CHECK(written(conversation) == "<a>\n<b>\nerror: the last message is not complete\n");
    CHECK(conversation.finished());
    CHECK(conversation.error() == errc::message_truncated);
}

TEST_CASE("finish waits for the awaited handler and answers what has arrived") {
    Conversation<Later> conversation;
    conversation.open();
    read(conversation, "a\nb\n");
    conversation.finish();
    CHECK_FALSE(conversation.finished());
    run_work(conversation);
    CHECK(written(conversation) == "<a>\n<b>\n");
    CHECK(conversation.finished());
    CHECK_FALSE(conversation.error());
}

TEST_CASE("an awaited handler that throws ends the conversation, after the answers before it") {
    Conversation<Later> conversation;
    conversation.open();
    read(conversation, "a\nb\nc\n");
    static_cast<void>(conversation.work().take());
    conversation.complete(std::string("1"));
    static_cast<void>(conversation.work().take());
    CHECK_FALSE(conversation.peer().send("before it threw"));
    conversation.fail_work();
    CHECK_FALSE(conversation.is_awaiting());
    CHECK(written(conversation) == "1\nbefore it threw\n");
    CHECK(conversation.finished());
    CHECK(conversation.error() == errc::handler_failed);
}

TEST_CASE("a handler that throws instead of returning an awaitable ends the conversation") {
    struct Thrower {
        FakeAwaitable<std::string> operator()(std::string_view) const {
            throw std::runtime_error("on purpose");
        }
    };
    Conversation<Thrower> conversation;
    conversation.open();
    read(conversation, "a\n");
    CHECK_FALSE(conversation.is_awaiting());
    CHECK(conversation.finished());
    CHECK(conversation.error() == errc::handler_failed);
}

TEST_CASE("an awaitable may bring nothing, or an optional reply") {
    struct Nothing {
        FakeAwaitable<void> operator()(Peer& peer, std::string_view message) const {
            peer.send("got " + std::string(message));
            return FakeAwaitable<void>(message);
        }
    };
    Conversation<Nothing> nothing;
    nothing.open();
    read(nothing, "a\nb\n");
    nothing.complete();
    nothing.complete();
    CHECK(written(nothing) == "got a\ngot b\n");
    CHECK(nothing.wants_input());

    struct Perhaps {
        FakeAwaitable<std::optional<std::string>> operator()(std::string_view message) const {
            return FakeAwaitable<std::optional<std::string>>(message);
        }
    };
    Conversation<Perhaps> perhaps;
    perhaps.open();
    read(perhaps, "a\nb\n");
    perhaps.complete(std::optional<std::string>());
    perhaps.complete(std::optional<std::string>("yes"));
    CHECK(written(perhaps) == "yes\n");
}

TEST_CASE("what is pushed while a handler is awaited goes before its reply") {
    Conversation<Later> conversation;
    conversation.open();
    read(conversation, "a\n");
    CHECK_FALSE(conversation.peer().send("push"));
    conversation.complete(std::string("reply"));
    CHECK(written(conversation) == "push\nreply\n");
}

TEST_CASE("what is pushed while a handler is awaited is not lost when it brings no reply") {
    struct Nothing {
        FakeAwaitable<void> operator()(std::string_view message) const {
            return FakeAwaitable<void>(message);
        }
    };
    Conversation<Nothing> conversation;
    conversation.open();
    read(conversation, "a\n");
    CHECK_FALSE(conversation.peer().send("push"));
    conversation.end_of_stream();
    conversation.complete();
    CHECK_FALSE(conversation.finished());
    CHECK(written(conversation) == "push\n");
    CHECK(conversation.finished());
}

TEST_CASE("a push has to make room for an awaited reply") {
    Conversation<Later> conversation({}, {.max_pending_output_bytes = 8});
    conversation.open();
    read(conversation, "a\n");
    conversation.complete(std::string("12345"));
    CHECK(conversation.peer().send("123") == errc::output_overflow);
    CHECK_FALSE(conversation.peer().send("12"));
}

TEST_CASE("a connection that is closed while a handler is awaited gets its reply and ends") {
    Conversation<Later> conversation;
    conversation.open();
    read(conversation, "a\nb\n");
    conversation.peer().close();
    conversation.collect_pushes();
    CHECK_FALSE(conversation.finished());
    conversation.complete(std::string("1"));
    CHECK(written(conversation) == "1\n");
    CHECK(conversation.finished());
}

TEST_CASE("awaited requests count") {
    Conversation<Later> conversation({}, {.max_requests = 2});
    conversation.open();
    read(conversation, "a\nb\nc\n");
    run_work(conversation);
    CHECK(written(conversation) == "<a>\n<b>\n");
    CHECK(conversation.finished());
}

TEST_CASE("at the high-water mark no further work is begun") {
    Conversation<Later> conversation({}, {.max_pending_output_bytes = 4});
    conversation.open();
    read(conversation, "a\nb\n");
    conversation.complete(std::string("1234"));
    CHECK_FALSE(conversation.is_awaiting());
    CHECK(written(conversation) == "1234\n");
    CHECK(conversation.is_awaiting());
}

// Memory.

TEST_CASE("memory may be given back at any moment") {
    Conversation<Echo> conversation(Echo(), {.max_pending_output_bytes = 8});
    std::string answers;
    conversation.open();
    for (const char byte : "abc\nde\r\nfgh\nijkl\nmno\npqr\n"sv) {
        conversation.release_memory();
        read(conversation, {&byte, 1});
        conversation.release_memory();
        if (conversation.pending_output() == 0) continue;
        answers += conversation.output().front();
        conversation.consume(1);
    }
    answers += written(conversation);
    CHECK(answers == "abc\nde\nfgh\nijkl\nmno\npqr\n");
}

}  // namespace
