// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows framings for the guide: one of the library's, a stream of any length, and one of your own.
//
//     ./framings      talks to three servers and ends

#include <algorithm>
#include <charcount/client.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/server.hpp>
#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace {

struct Reverse {
    std::string operator()(std::string_view text) const { return {text.rbegin(), text.rend()}; }
};

void use_lengths() {
    // [length]
    charcount::Server<Reverse, charcount::AsyncTcp, charcount::LengthFraming> server{{.port = 0}};
    server.start();
    charcount::Client<charcount::BlockingTcp, charcount::LengthFraming> client{
        "127.0.0.1", server.local_endpoint().port()};
    std::cout << client.request("one\ntwo") << '\n';  // a message may hold any bytes
    // [length]
}

// [stream]
/// Counts the lines of a stream of any length, in constant memory.
class LineCounter {
public:
    void on_chunk(std::string_view piece) {
        lines_ += std::count(piece.begin(), piece.end(), '\n');
    }

    std::string on_end() { return std::to_string(std::exchange(lines_, 0)) + " lines"; }

private:
    std::ptrdiff_t lines_ = 0;
};
// [stream]

void use_a_stream() {
    charcount::Server<LineCounter, charcount::AsyncTcp, charcount::UntilEofFraming> server{
        {.port = 0}};
    server.start();
    charcount::Client<charcount::BlockingTcp, charcount::UntilEofFraming> client{
        "127.0.0.1", server.local_endpoint().port()};
    client.send("one\ntw");
    client.send("o\n");
    client.finish_sending();
    std::cout << client.receive() << '\n';
}

// [own]
/// A message ends with a NUL byte, as `find -print0` writes them.
class NulFraming {
public:
    static constexpr bool is_stream = false;        // messages have an end of their own
    static constexpr bool splits_at_limit = false;  // one that is too long is an error

    charcount::FramePart decode(std::string_view input, bool /*more_follows*/) {
        const std::size_t end = input.find('\0');
        if (end != std::string_view::npos) {
            in_message_ = false;
            return {.consumed = end + 1, .body = input.substr(0, end), .complete = true};
        }
        in_message_ = in_message_ || !input.empty();
        return {.consumed = input.size(), .body = input};
    }

    charcount::FramePart end_of_stream() { return {}; }

    bool in_message() const { return in_message_; }

    static void encode(charcount::ByteBuffer& out, std::string_view message) {
        out += message;
        out += '\0';
    }

private:
    bool in_message_ = false;
};

static_assert(charcount::Framing<NulFraming>);
// [own]

void use_my_own() {
    charcount::Server<Reverse, charcount::AsyncTcp, NulFraming> server{{.port = 0}};
    server.start();
    charcount::Client<charcount::BlockingTcp, NulFraming> client{"127.0.0.1",
                                                                 server.local_endpoint().port()};
    std::cout << client.request("stressed") << '\n';
}

}  // namespace

int main() {
    use_lengths();
    use_a_stream();
    use_my_own();
}
