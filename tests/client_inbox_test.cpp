// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of ClientInbox: whole messages out of reads, in every split, and at the end of the stream.

#include <doctest/doctest.h>

#include <asio/buffer.hpp>
#include <charcount/detail/client_inbox.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <support/splits.hpp>
#include <system_error>

namespace {

using charcount::errc;
using charcount::LengthFraming;
using charcount::LineFraming;
using charcount::RawFraming;
using charcount::UntilEofFraming;
using charcount::detail::ClientInbox;
using charcount::test::Pieces;
using namespace std::string_literals;

constexpr std::size_t buffer_size = 8;

// Reads from a stream as a client would, and puts each message in brackets, then the error.
template <class F>
class Reader {
public:
    explicit Reader(std::uint64_t max_message_bytes = 1000)
        : inbox_(buffer_size, max_message_bytes, F()) {}

    // What one wait brings: it is read in as many reads as the buffer needs.
    void arrive(std::string_view bytes) {
        do {
            const auto space = inbox_.space();
            const std::size_t size = bytes.copy(static_cast<char*>(space.data()), space.size());
            inbox_.fill(size);
            bytes.remove_prefix(size);
            take();
        } while (!bytes.empty() && !failed_);
        if (inbox_.more_follows() && !failed_) {
            inbox_.fill(0);
            take();
        }
    }

    void end() {
        std::string message;
        std::error_code error;
        if (inbox_.last(message, error)) {
            received += '[' + message + ']';
        } else {
            received += error == errc::connection_closed ? " closed" : " truncated";
        }
    }

    std::string received;

private:
    void take() {
        std::string message;
        std::error_code error;
        while (inbox_.next(message, error)) received += '[' + message + ']';
        failed_ = error == errc::message_too_long;
        if (failed_) received += " too long";
    }

    ClientInbox<F> inbox_;
    bool failed_ = false;
};

template <class F>
std::string received(const Pieces& pieces) {
    Reader<F> reader;
    for (const std::string& piece : pieces) reader.arrive(piece);
    reader.end();
    return reader.received;
}

template <class F>
void check_every_split(std::string_view bytes, const std::string& expected) {
    for (const Pieces& pieces : charcount::test::split_at_every_offset(bytes)) {
        CAPTURE(charcount::test::describe(pieces));
        CHECK(received<F>(pieces) == expected);
    }
}

TEST_CASE("messages are whole however they arrive") {
    check_every_split<LineFraming>("", " closed");
    check_every_split<LineFraming>("Halo\r\n\nlonger than the buffer\n",
                                   "[Halo][][longer than the buffer] closed");
    check_every_split<LineFraming>("Halo\npart", "[Halo] truncated");
    check_every_split<LengthFraming>("\0\0\0\4Halo\0\0\0\0\0\0\0\x0Clonger\nthan "s,
                                     "[Halo][][longer\nthan ] closed");
    check_every_split<LengthFraming>("\0\0\0\4Hal"s, " truncated");
    check_every_split<UntilEofFraming>("", "[]");
    check_every_split<UntilEofFraming>("longer than the buffer", "[longer than the buffer]");
}

TEST_CASE("a raw message is what arrives together, also when it fills the buffer") {
    for (std::size_t size = 1; size < 4 * buffer_size; ++size) {
        CAPTURE(size);
        const std::string text(size, 'x');
        CHECK(received<RawFraming>({text, "next"}) == "[" + text + "][next] closed");
    }
    CHECK(received<RawFraming>({"Gr\xC3", "\xBC"}) == "[Gr][\xC3\xBC] closed");
    CHECK(received<RawFraming>({"Gr\xC3"}) == "[Gr][\xC3]");
}

TEST_CASE("a message over the limit is an error, and the ones before it are not lost") {
    Reader<LineFraming> reader(5);
    reader.arrive("one\nfives\nsixsix\n");
    CHECK(reader.received == "[one][fives] too long");
}

TEST_CASE("messages that were read stay until they are taken") {
    ClientInbox<LineFraming> inbox(buffer_size, 1000, {});
    std::memcpy(inbox.space().data(), "a\nb\nc", 5);
    inbox.fill(5);
    std::string message;
    std::error_code error;
    CHECK(inbox.next(message, error));
    CHECK(message == "a");
    CHECK(inbox.next(message, error));
    CHECK(message == "b");
    CHECK_FALSE(inbox.next(message, error));
    CHECK_FALSE(error);
    std::memcpy(inbox.space().data(), "d\n", 2);
    inbox.fill(2);
    CHECK(inbox.next(message, error));
    CHECK(message == "cd");
}

}  // namespace
