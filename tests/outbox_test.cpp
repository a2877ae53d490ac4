// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of the Outbox: order, and bytes that stay where they are until they are sent.

#include <doctest/doctest.h>

#include <charcount/byte_buffer.hpp>
#include <charcount/outbox.hpp>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace {

using charcount::ByteBuffer;
using charcount::Outbox;

std::string sent_in_steps_of(Outbox& outbox, std::size_t step) {
    std::string sent;
    while (!outbox.front().empty()) {
        const std::string_view next = outbox.front().substr(0, step);
        sent += next;
        outbox.consume(next.size());
    }
    return sent;
}

TEST_CASE("an outbox begins with nothing to send") {
    Outbox outbox;
    CHECK(outbox.empty());
    CHECK(outbox.size() == 0);
    CHECK(outbox.front().empty());
}

TEST_CASE("bytes go out in the order in which they were appended, in any steps") {
    for (const std::size_t step : {1U, 2U, 3U, 7U, 1000U}) {
        CAPTURE(step);
        Outbox outbox;
        std::string sent;
        std::string expected;
        for (int i = 0; i < 50; ++i) {
            const std::string reply = std::to_string(i) + "\n";
            outbox.back() += reply;
            expected += reply;
            const std::string_view next = outbox.front().substr(0, step);
            sent += next;
            outbox.consume(next.size());
        }
        sent += sent_in_steps_of(outbox, step);
        CHECK(sent == expected);
        CHECK(outbox.empty());
    }
}

TEST_CASE("what was appended together goes out together") {
    Outbox outbox;
    outbox.back() += "4\n";
    outbox.back() += "5\n";
    outbox.back() += "7\n";
    CHECK(outbox.front() == "4\n5\n7\n");
}

TEST_CASE("bytes do not move while they are being sent, whatever is appended") {
    for (const std::size_t length : {1U, 15U, 16U, 1000U}) {
        CAPTURE(length);
        const std::string text(length, 'x');
        Outbox outbox;
        outbox.back() += text;
        const std::string_view being_sent = outbox.front();
        for (int i = 0; i < 1000; ++i) outbox.back() += "more to send";
        CHECK(outbox.front().data() == being_sent.data());
        CHECK(being_sent == text);

        outbox.consume(length - 1);
        CHECK(outbox.front().data() == being_sent.data() + length - 1);
        CHECK(outbox.front() == "x");
        outbox.consume(1);
        CHECK(outbox.front().starts_with("more to sendmore"));
    }
}

TEST_CASE("the size counts what is not sent yet") {
    Outbox outbox;
    outbox.back() += "Halo";
    CHECK(outbox.size() == 4);
    CHECK(outbox.front() == "Halo");
    outbox.back() += "dunia";
    CHECK(outbox.size() == 9);
    outbox.consume(3);
    CHECK(outbox.size() == 6);
    CHECK_FALSE(outbox.empty());
    outbox.consume(1);
    CHECK(outbox.size() == 5);
    CHECK(outbox.front() == "dunia");
    outbox.consume(5);
    CHECK(outbox.empty());
    CHECK(outbox.front().empty());
}

TEST_CASE("a cleared outbox has nothing to send and can be used again") {
    Outbox outbox;
    outbox.back() += "Halo";
    CHECK(outbox.front() == "Halo");
    outbox.consume(2);
    outbox.back() += "dunia";
    outbox.clear();
    CHECK(outbox.empty());
    CHECK(outbox.front().empty());
    outbox.back() += "4\n";
    CHECK(outbox.front() == "4\n");
}

TEST_CASE("memory that is given back is not memory that waits to be sent") {
    Outbox outbox;
    outbox.back() += "Halo";
    outbox.release_memory();
    CHECK(outbox.front() == "Halo");
    outbox.consume(1);
    outbox.release_memory();
    CHECK(outbox.front() == "alo");
    outbox.back() += "!";
    outbox.consume(3);
    outbox.release_memory();
    CHECK(outbox.front() == "!");
    outbox.consume(1);
    outbox.release_memory();
    CHECK(outbox.empty());
    outbox.back() += "4\n";
    CHECK(outbox.front() == "4\n");
}

TEST_CASE("outboxes that send all in their turn need one buffer") {
    ByteBuffer spare;
    spare += "memory";
    spare.clear();
    const char* const place = spare.view().data();
    for (int turn = 0; turn < 3; ++turn) {
        Outbox outbox;
        outbox.borrow_memory(spare);
        CHECK(spare.capacity() == 0);
        outbox.back() += "Halo";
        CHECK(outbox.front().data() == place);
        outbox.borrow_memory(spare);  // it has some
        CHECK(outbox.front() == "Halo");
        outbox.consume(4);
        outbox.return_memory(spare);
        CHECK(spare.view().data() == place);
        CHECK(spare.empty());
        CHECK(outbox.back().capacity() == 0);
    }
}

TEST_CASE("memory with bytes to send is not given on") {
    ByteBuffer spare;
    Outbox outbox;
    outbox.back() += "Halo";
    outbox.return_memory(spare);
    CHECK(spare.capacity() == 0);
    CHECK(outbox.front() == "Halo");
    outbox.back() += "dunia";
    outbox.consume(4);
    outbox.return_memory(spare);
    CHECK(spare.capacity() == 0);
    CHECK(outbox.front() == "dunia");
}

TEST_CASE("of two buffers the larger one is given on, unless it is too large to be kept") {
    ByteBuffer spare;
    spare += std::string(1000, 'x');
    spare.clear();
    Outbox outbox;
    const auto send = [&](std::size_t size) {
        outbox.back() += std::string(size, 'x');
        outbox.consume(outbox.front().size());
        outbox.return_memory(spare);
    };
    send(10);
    CHECK(spare.capacity() == 1000);
    send(5000);
    CHECK(spare.capacity() == 5000);
    outbox.release_memory();
    send(64 * 1024 + 1);
    CHECK(spare.capacity() == 5000);
    CHECK(outbox.back().capacity() == 0);
}

TEST_CASE("an outbox that has sent all gives its buffers back") {
    Outbox outbox;
    outbox.back() += std::string(10'000, 'x');
    CHECK(outbox.front().size() == 10'000);
    outbox.back() += std::string(10'000, 'y');
    CHECK(sent_in_steps_of(outbox, 4096).size() == 20'000);
    outbox.release_memory();
    CHECK(outbox.back().capacity() == 0);
    CHECK(outbox.front().empty());  // exchanges the two buffers
    CHECK(outbox.back().capacity() == 0);
}

}  // namespace
