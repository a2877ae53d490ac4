// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of ClientOutput: which bytes go out together, and which calls they complete.

#include <doctest/doctest.h>

#include <charcount/detail/client_output.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

namespace {

struct Call {
    std::string name;
    std::string output;
    std::uint64_t ends_at = 0;
};

// The output of a client, and the names of the calls that were begun and sent.
class Output {
public:
    std::shared_ptr<Call> queue(const std::string& name, const std::string& bytes) {
        const auto call = std::make_shared<Call>(Call{name, bytes});
        output.queue(call);
        return call;
    }

    std::string_view gather() {
        output.gather([this](const std::shared_ptr<Call>& call) { begun += call->name; });
        return output.front();
    }

    void write(std::size_t size) {
        output.written(size, [this](const std::shared_ptr<Call>& call) { sent += call->name; });
    }

    std::string clear() {
        std::string names;
        for (const auto& call : output.clear()) names += call->name;
        return names;
    }

    charcount::detail::ClientOutput<Call> output;
    std::string begun;
    std::string sent;
};

TEST_CASE("calls that are queued together are written together, and sent one by one") {
    Output it;
    it.queue("a", "one ");
    it.queue("b", "");
    it.queue("c", "two ");
    CHECK(it.gather() == "one two ");
    CHECK(it.begun == "abc");
    it.write(3);
    CHECK(it.sent.empty());
    it.write(1);
    CHECK(it.sent == "ab");
    CHECK(it.gather() == "two ");
    it.write(4);
    CHECK(it.sent == "abc");
    CHECK(it.gather().empty());
}

TEST_CASE("what is queued while bytes are written waits for its turn") {
    Output it;
    it.queue("a", "one ");
    CHECK(it.gather() == "one ");
    it.queue("b", "two ");
    it.write(2);
    CHECK(it.gather() == "e ");
    CHECK(it.begun == "a");
    it.write(2);
    CHECK(it.gather() == "two ");
    CHECK(it.begun == "ab");
}

TEST_CASE("a call without bytes is sent after those before it") {
    Output it;
    it.queue("a", "");
    CHECK(it.gather().empty());
    it.write(0);
    CHECK(it.sent == "a");
    it.queue("b", "one");
    it.queue("c", "");
    CHECK(it.gather() == "one");
    it.write(0);
    CHECK(it.sent == "a");
    it.write(3);
    CHECK(it.sent == "abc");
}

TEST_CASE("a call that is taken out leaves no trace") {
    Output it;
    it.queue("a", "one ");
    const auto taken = it.queue("b", std::string(10, 'x'));
    it.queue("c", "two ");
    CHECK_FALSE(it.output.has_room(10, 20));
    it.output.remove(taken);
    CHECK(it.output.has_room(10, 20));
    CHECK(it.gather() == "one two ");
    CHECK(it.begun == "ac");
}

TEST_CASE("the limit counts all that waits, and one message alone may exceed it") {
    Output it;
    CHECK(it.output.has_room(1000, 10));
    it.queue("a", "12345");
    CHECK(it.output.has_room(5, 10));
    CHECK_FALSE(it.output.has_room(6, 10));
    CHECK_FALSE(it.output.has_room(1000, 10));
    CHECK(it.output.has_room(0, 1));
    CHECK(it.output.has_room(5, std::numeric_limits<std::size_t>::max()));
    CHECK(it.gather() == "12345");
    CHECK_FALSE(it.output.has_room(6, 10));
    it.write(4);
    CHECK(it.output.has_room(9, 10));
    CHECK_FALSE(it.output.has_room(10, 10));
    it.write(1);
    CHECK(it.output.has_room(11, 10));
}

TEST_CASE("clearing gives back the calls that were not sent, in order, and starts anew") {
    Output it;
    it.queue("a", "one ");
    it.queue("b", "two ");
    CHECK(it.gather() == "one two ");
    it.write(5);
    it.queue("c", "three ");
    CHECK(it.clear() == "bc");
    CHECK(it.clear().empty());
    CHECK(it.output.has_room(1000, 10));
    it.queue("d", "four");
    CHECK(it.gather() == "four");
    it.write(4);
    CHECK(it.sent == "ad");
}

}  // namespace
