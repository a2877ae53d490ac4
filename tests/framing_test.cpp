// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the framings: how each cuts a stream into messages, and how it writes them.

#include <doctest/doctest.h>

#include <charcount/byte_buffer.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/splits.hpp>
#include <vector>

namespace {

using charcount::ByteBuffer;
using charcount::FramePart;
using charcount::Framing;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using charcount::test::describe;
using charcount::test::Pieces;
using charcount::test::split_at_every_offset;
using namespace std::string_literals;
using namespace std::string_view_literals;

static_assert(!LineFraming::is_stream && !LineFraming::splits_at_limit);
static_assert(!LengthFraming::is_stream && !LengthFraming::splits_at_limit);
static_assert(!RawFraming::is_stream && RawFraming::splits_at_limit);
static_assert(UntilEofFraming::is_stream && !UntilEofFraming::splits_at_limit);

struct NoFraming {};
static_assert(!Framing<NoFraming>);
static_assert(!Framing<int>);

// The messages that the reads complete. A message that is not complete stays in `unfinished`.
template <class F>
class Decoder {
public:
    F framing;
    std::vector<std::string> messages;
    std::string unfinished;

    void read(std::string_view bytes, bool more_follows = false) {
        do {
            const FramePart part = framing.decode(bytes, more_follows);
            REQUIRE(part.consumed <= bytes.size());
            const bool goes_on =
                part.complete || part.consumed == bytes.size() || !part.body.empty();
            REQUIRE_MESSAGE(goes_on, "an endless loop");
            take(part);
            bytes.remove_prefix(part.consumed);
        } while (!bytes.empty());
    }

    void end_of_stream() { take(framing.end_of_stream()); }

private:
    void take(const FramePart& part) {
        unfinished += part.body;
        if (!part.complete) return;
        messages.push_back(unfinished);
        unfinished.clear();
    }
};

template <class F>
Decoder<F> decoded(const Pieces& reads, bool more_follows = false) {
    Decoder<F> decoder;
    for (std::size_t i = 0; i < reads.size(); ++i)
        decoder.read(reads[i], more_follows && i + 1 < reads.size());
    return decoder;
}

std::string on_the_wire(std::string_view length, std::string_view body) {
    return std::string(length).append(body);
}

template <class F>
std::string encoded(std::string_view message) {
    ByteBuffer out;
    out += "before:";
    F::encode(out, message);
    REQUIRE(out.view().starts_with("before:"));
    return std::string(out.view().substr(7));
}

struct Row {
    std::string_view stream;
    std::vector<std::string> messages;
    std::string_view unfinished = {};
    bool in_message = false;
};

template <class F>
void check_every_split(const Row& row) {
    for (const Pieces& reads : split_at_every_offset(row.stream)) {
        CAPTURE(describe(reads));
        const auto decoder = decoded<F>(reads);
        CHECK(decoder.messages == row.messages);
        CHECK(decoder.unfinished == row.unfinished);
        CHECK(decoder.framing.in_message() == row.in_message);
    }
}

TEST_CASE("a line ends at LF and loses one CR before it, wherever the reads are cut") {
    const Row rows[] = {
        {"Halo\n", {"Halo"}},
        {"Halo\r\n", {"Halo"}},
        {"\n", {""}},
        {"\r\n", {""}},
        {"\n\n\r\n", {"", "", ""}},
        {"a\nbc\r\nd\n", {"a", "bc", "d"}},
        {"a\rb\n", {"a\rb"}},
        {"\ra\n", {"\ra"}},
        {"a\r\r\n", {"a\r"}},
        {"\r\r\n", {"\r"}},
        {"\r\r\r\n\r\n", {"\r\r", ""}},
        {"a\r\r\rb\r\n", {"a\r\r\rb"}},
        {"nul \0 inside\n"sv, {"nul \0 inside"s}},
        {"\xC3\xBC\xFF\n", {"\xC3\xBC\xFF"}},
        {"a\nbc", {"a"}, "bc", true},
        {"a\nb\rc", {"a"}, "b\rc", true},
    };
    for (const Row& row : rows) check_every_split<LineFraming>(row);
}

TEST_CASE("a CR at the end of a read is held until the next byte tells what it is") {
    Decoder<LineFraming> line;
    line.read("a\r");
    CHECK(line.unfinished == "a");
    CHECK(line.framing.in_message());

    SUBCASE("LF: it belongs to the end of the line") {
        line.read("\n");
        CHECK(line.messages == std::vector{"a"s});
    }
    SUBCASE("another byte: it belongs to the text") {
        line.read("b\n");
        CHECK(line.messages == std::vector{"a\rb"s});
    }
    SUBCASE("another CR: the first belongs to the text, the second is held") {
        line.read("\r");
        CHECK(line.unfinished == "a\r");
        line.read("\n");
        CHECK(line.messages == std::vector{"a\r"s});
    }
    SUBCASE("the end of the stream: the line is not complete") {
        line.end_of_stream();
        CHECK(line.messages.empty());
        CHECK(line.framing.in_message());
    }
}

TEST_CASE("a held CR alone is the beginning of a line") {
    Decoder<LineFraming> line;
    CHECK_FALSE(line.framing.in_message());
    line.read("\r");
    CHECK(line.framing.in_message());
    CHECK(line.unfinished.empty());
    line.read("\n");
    CHECK_FALSE(line.framing.in_message());
    CHECK(line.messages == std::vector{""s});
}

TEST_CASE("a line that lies in one read is a view into it") {
    LineFraming framing;
    const std::string_view input = "Halo\r\ndunia";
    const FramePart part = framing.decode(input, false);
    CHECK(part.body.data() == input.data());
    CHECK(part.body == "Halo");
    CHECK(part.consumed == 6);
    CHECK(part.complete);
}

TEST_CASE("a short line that is all there is found without what the framing remembers") {
    static_assert(charcount::WholeFraming<LineFraming>);
    for (std::size_t size = 0; size <= 200; ++size) {
        for (const std::string_view ending : {"\n"sv, "\r\n"sv, "\r\r\n"sv}) {
            const std::string stream = std::string(size, 'x').append(ending) + "y\n";
            CAPTURE(stream);
            LineFraming framing;
            const FramePart expected = framing.decode(stream, false);
            const FramePart part = LineFraming::decode_whole(stream);
            CHECK(part.complete);
            CHECK(part.body == expected.body);
            CHECK(part.body.data() == stream.data());
            CHECK(part.consumed == expected.consumed);
        }
    }
}

TEST_CASE("a line that is not all there is left to decode") {
    for (const std::string_view stream : {""sv, "Halo"sv, "Halo\r"sv}) {
        const FramePart part = LineFraming::decode_whole(stream);
        CHECK_FALSE(part.complete);
        CHECK(part.consumed == 0);
    }
}

TEST_CASE("a long line is left to decode, which looks through it once") {
    const std::string stream = std::string(100'000, 'x') + '\n';
    CHECK_FALSE(LineFraming::decode_whole(stream).complete);
}

TEST_CASE("a line on the wire is the text and LF") {
    CHECK(encoded<LineFraming>("Halo") == "Halo\n");
    CHECK(encoded<LineFraming>("") == "\n");
}

TEST_CASE("a length announces a message, wherever the reads are cut") {
    const std::string long_body(258, 'x');
    const std::string long_frame = "\0\0\1\2"s + long_body;
    const Row rows[] = {
        {"\0\0\0\4Halo"sv, {"Halo"}},
        {"\0\0\0\0"sv, {""}},
        {"\0\0\0\0\0\0\0\0\0\0\0\1x"sv, {"", "", "x"}},
        {"\0\0\0\4Halo\0\0\0\0\0\0\0\5dunia"sv, {"Halo", "", "dunia"}},
        {"\0\0\0\4\0\n\r\xFF"sv, {"\0\n\r\xFF"s}},
        {long_frame, {long_body}},
        {"\0\0\0\1x\0\0\0"sv, {"x"}, "", true},
        {"\0\0\0\1x\0\0\0\2"sv, {"x"}, "", true},
        {"\0\0\0\1x\0\0\0\2y"sv, {"x"}, "y", true},
    };
    for (const Row& row : rows) check_every_split<LengthFraming>(row);
}

TEST_CASE("a length says how many bytes are to come as soon as its header is whole") {
    LengthFraming framing;
    CHECK(framing.decode("\xFE\xDC\xBA"sv, false).bytes_to_come == 0);
    CHECK(framing.decode("\x98"sv, false).bytes_to_come == 0xFEDCBA98);
    CHECK(framing.decode("abc"sv, false).bytes_to_come == 0xFEDCBA98 - 3);
}

TEST_CASE("the end of the stream completes no frame") {
    Decoder<LengthFraming> length = decoded<LengthFraming>({"\0\0\0\3ab"s});
    length.end_of_stream();
    CHECK(length.messages.empty());
    CHECK(length.framing.in_message());
}

TEST_CASE("a length on the wire is four bytes, the highest first") {
    CHECK(encoded<LengthFraming>("") == "\0\0\0\0"s);
    CHECK(encoded<LengthFraming>("Halo") == "\0\0\0\4Halo"s);
    const std::string body(0x10280, 'x');
    CHECK(encoded<LengthFraming>(body) == on_the_wire("\0\1\2\x80"sv, body));
}

TEST_CASE("a message that is longer than 32 bits can say is not written as a frame") {
    if constexpr (sizeof(std::size_t) > 4) {
        const std::size_t size = std::size_t{std::numeric_limits<std::uint32_t>::max()} + 1;
        // Never touched, so the system need not find the memory.
        const std::unique_ptr<char[]> memory(new (std::nothrow) char[size]);
        if (!memory) return;
        ByteBuffer out;
        out += "before:";
        CHECK_THROWS_AS(LengthFraming::encode(out, {memory.get(), size}), std::length_error);
        CHECK(out.view() == "before:");
    }
}

TEST_CASE("raw: each read is a message") {
    const auto raw = decoded<RawFraming>({"Halo", "du\nn", "\xC3\xBC", "ia"});
    CHECK(raw.messages == std::vector{"Halo"s, "du\nn"s, "\xC3\xBC"s, "ia"s});
    CHECK_FALSE(raw.framing.in_message());
}

TEST_CASE("raw: a UTF-8 sequence that is cut at the end of a read waits for its rest") {
    for (const std::string_view sequence : {"\xC3\xA9"sv, "\xE5\xAD\x97"sv, "\xED\x9F\xBF"sv,
                                            "\xF0\x9F\x98\x80"sv, "\xF4\x8F\xBF\xBF"sv}) {
        for (std::size_t cut = 1; cut < sequence.size(); ++cut) {
            const std::string head(sequence.substr(0, cut));
            const std::string tail(sequence.substr(cut));
            CAPTURE(describe({head, tail}));
            CHECK(decoded<RawFraming>({"ab" + head, tail + "c"}).messages ==
                  std::vector{"ab"s, std::string(sequence) + "c"});
            CHECK(decoded<RawFraming>({head, tail}).messages == std::vector{std::string(sequence)});

            auto held = decoded<RawFraming>({head});
            CHECK(held.messages.empty());
            CHECK(held.framing.in_message());
            CHECK(held.framing.held_bytes() == cut);

            Pieces bytewise{"ab" + head};
            for (const char byte : tail) bytewise.emplace_back(1, byte);
            CHECK(decoded<RawFraming>(bytewise).messages ==
                  std::vector{"ab"s, std::string(sequence)});
        }
    }
}

TEST_CASE("raw: a held sequence that is broken belongs to the message that breaks it") {
    for (const std::string_view head :
         {"\xC3"sv, "\xE5"sv, "\xE5\xAD"sv, "\xF0"sv, "\xF0\x9F"sv, "\xF0\x9F\x98"sv}) {
        CAPTURE(describe({std::string(head)}));
        for (const std::string_view next : {"A"sv, "A\n"sv, "\xC3\xBC"sv}) {
            const auto raw = decoded<RawFraming>({std::string(head), std::string(next)});
            CHECK(raw.messages == std::vector{on_the_wire(head, next)});
            CHECK_FALSE(raw.framing.in_message());
        }
    }
}

TEST_CASE("raw: a broken sequence may be followed by another one that is cut") {
    Decoder<RawFraming> raw = decoded<RawFraming>({"\xE5\xAD", "\xC3"});
    CHECK(raw.messages == std::vector{"\xE5\xAD"s});
    CHECK(raw.framing.held_bytes() == 1);
    raw.read("\xA9");
    CHECK(raw.messages == std::vector{"\xE5\xAD"s, "\xC3\xA9"s});
}

TEST_CASE("raw: no more is added to a held sequence than makes it whole") {
    const std::string stray(20, '\x80');
    const auto raw = decoded<RawFraming>({"\xC3", "\xA9" + stray});
    CHECK(raw.messages == std::vector{"\xC3\xA9" + stray});
}

TEST_CASE("raw: bytes that no rest could make well-formed are not held") {
    for (const std::string_view bytes :
         {"\x80"sv, "\xC0"sv, "\xE0\x80"sv, "\xED\xA0"sv, "\xF4\x90"sv, "\xF5"sv, "\xFF"sv}) {
        const auto raw = decoded<RawFraming>({std::string(bytes)});
        CHECK(raw.messages == std::vector{std::string(bytes)});
        CHECK(raw.framing.held_bytes() == 0);
    }
    const auto second_byte = decoded<RawFraming>({"\xE0", "\x80"});
    CHECK(second_byte.messages == std::vector{"\xE0\x80"s});
}

TEST_CASE("raw: a sequence held at the end of the stream is a last message") {
    for (const std::string_view head : {"\xC3"sv, "\xE5\xAD"sv, "\xF0\x9F\x98"sv}) {
        auto raw = decoded<RawFraming>({std::string(head)});
        raw.end_of_stream();
        CHECK(raw.messages == std::vector{std::string(head)});
        CHECK_FALSE(raw.framing.in_message());
    }
}

TEST_CASE("raw: an end of stream with nothing held brings no message") {
    auto raw = decoded<RawFraming>({"Halo"});
    raw.end_of_stream();
    CHECK(raw.messages == std::vector{"Halo"s});
}

TEST_CASE("raw: reads that belong together are one message") {
    for (const std::string_view stream :
         {"Halo dunia"sv, "Gr\xC3\xBC\xC3\x9F\x65"sv, "\xF0\x9F\x98\x80\xE5\xAD"sv,
          "a\xE5\xAD\xC3\xE0\x80z"sv}) {
        for (const Pieces& reads : split_at_every_offset(stream)) {
            CAPTURE(describe(reads));
            auto raw = decoded<RawFraming>(reads, true);
            raw.end_of_stream();
            std::string all;
            for (const std::string& message : raw.messages) all += message;
            CHECK(all == stream);
            CHECK(raw.messages.size() <= 2);  // the second is what was held at the very end
        }
    }
}

TEST_CASE("raw: a read without bytes ends a message that was to go on") {
    Decoder<RawFraming> raw;
    raw.read("ab", true);
    CHECK(raw.messages.empty());
    CHECK(raw.framing.in_message());
    raw.read("", false);
    CHECK(raw.messages == std::vector{"ab"s});
    raw.read("", false);
    CHECK(raw.messages.size() == 1);
}

TEST_CASE("raw: a read without bytes leaves a held sequence waiting") {
    Decoder<RawFraming> raw;
    raw.read("ab\xC3", true);
    raw.read("", false);
    CHECK(raw.messages == std::vector{"ab"s});
    CHECK(raw.framing.in_message());
    raw.read("", false);
    CHECK(raw.messages.size() == 1);
    raw.read("\xA9");
    CHECK(raw.messages == std::vector{"ab"s, "\xC3\xA9"s});
}

TEST_CASE("raw: without holding, every byte counts at once") {
    RawFraming raw(false);
    const FramePart part = raw.decode("ab\xC3", false);
    CHECK(part.body == "ab\xC3");
    CHECK(part.complete);
    CHECK_FALSE(raw.in_message());
}

TEST_CASE("raw and until-EOF write the text and nothing else") {
    CHECK(encoded<RawFraming>("4") == "4");
    CHECK(encoded<UntilEofFraming>("4") == "4");
    CHECK(encoded<RawFraming>("").empty());
}

TEST_CASE("until EOF, all bytes are one message") {
    const Row row{"a\nb\r\n\0\xC3"sv, {}, "a\nb\r\n\0\xC3"sv, true};
    check_every_split<UntilEofFraming>(row);
    for (const Pieces& reads : split_at_every_offset(row.stream)) {
        auto stream = decoded<UntilEofFraming>(reads);
        stream.end_of_stream();
        CHECK(stream.messages == std::vector{std::string(row.stream)});
        CHECK_FALSE(stream.framing.in_message());
    }
}

TEST_CASE("until EOF, a stream without bytes is an empty message") {
    Decoder<UntilEofFraming> stream;
    CHECK_FALSE(stream.framing.in_message());
    stream.end_of_stream();
    CHECK(stream.messages == std::vector{""s});
}

}  // namespace
