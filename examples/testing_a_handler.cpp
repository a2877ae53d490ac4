// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows how to test a handler without sockets, threads or ports: messages in, replies out.
//
//     ./testing_a_handler      exit status 0 when the handler does what it should
//
// The same core that a server runs drives it, so what passes here holds over every transport.

#include <charcount/testing.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Adds numbers up; "=" asks for the sum.
class Adder {
public:
    std::optional<std::string> operator()(std::string_view text) {
        if (text == "=") return std::to_string(sum_);
        sum_ += std::stoi(std::string(text));  // throws when it isn't a number
        return std::nullopt;
    }

private:
    int sum_ = 0;
};

int failures = 0;

void check(std::string_view what, bool holds) {
    std::cout << (holds ? "ok: " : "FAILED: ") << what << '\n';
    if (!holds) ++failures;
}

}  // namespace

int main() {
    // [checks]
    using Texts = std::vector<std::string>;
    check("numbers are added up", charcount::converse(Adder(), {"1", "2", "="}) == Texts{"3"});
    const Adder adder;
    check("each connection has a sum of its own",
          charcount::converse(adder, {"5", "="}) == Texts{"5"} &&
              charcount::converse(adder, {"6", "="}) == Texts{"6"});
    check("what it throws ends the connection, unanswered",
          charcount::converse(Adder(), {"1", "one", "="}) == Texts{});

    // The bytes on the wire, in a framing of your choice.
    check("a line may end with CR LF",
          charcount::exchange<charcount::LineFraming>(Adder(), "7\r\n=\r\n") == "7\n");
    // [checks]
    return failures == 0 ? 0 : 1;
}
