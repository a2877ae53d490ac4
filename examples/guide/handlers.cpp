// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows handlers for the guide: with state, with shared state, with hooks, and as a lambda.
//
//     ./handlers      talks to four servers and ends; what its hooks say goes to stderr

#include <atomic>
#include <charcount/client.hpp>
#include <charcount/server.hpp>
#include <cstddef>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace {

// [state]
/// Numbers the lines of its connection.
class Numbered {
public:
    std::string operator()(std::string_view text) {
        return std::to_string(++lines_) + ": " + std::string(text);
    }

private:
    std::size_t lines_ = 0;
};
// [state]

// [shared]
/// Numbers the lines of all connections together.
class NumberedForAll {
public:
    std::string operator()(std::string_view text) {
        return std::to_string(++*lines_) + ": " + std::string(text);
    }

private:
    using Count = std::atomic<std::size_t>;
    std::shared_ptr<Count> lines_ = std::make_shared<Count>(0);  // copies share it
};
// [shared]

// [hooks]
struct Doorman {
    void on_open(charcount::Peer& peer) { peer.send("welcome"); }

    std::optional<std::string> operator()(charcount::Peer& peer, std::string_view text) {
        if (text.empty()) return std::nullopt;  // no reply
        if (text == "bye") peer.close();        // after this reply
        return "you said " + std::string(text);
    }

    void on_close(charcount::Peer&, std::error_code error) {
        std::clog << "closed: " << (error ? error.message() : "in good order") << std::endl;
    }
};
// [hooks]

/// Two connections say "a" in turn; prints what they are told.
template <class Server>
void talk(Server& server) {
    server.start();
    charcount::Client first{"127.0.0.1", server.local_endpoint().port()};
    charcount::Client second{"127.0.0.1", server.local_endpoint().port()};
    std::cout << first.request("a") << ", " << second.request("a") << ", " << first.request("a")
              << '\n';
}

void meet_the_doorman() {
    charcount::Server<Doorman> server{{.port = 0}};
    server.start();
    charcount::Client client{"127.0.0.1", server.local_endpoint().port()};
    std::cout << client.receive() << '\n';
    client.send("");
    std::cout << client.request("hello") << '\n' << client.request("bye") << '\n';
    client.close();
    server.stop();
    server.wait();
}

}  // namespace

int main() {
    charcount::Server<Numbered> numbered{{.port = 0}};
    talk(numbered);

    charcount::Server<NumberedForAll> for_all{{.port = 0}};
    talk(for_all);

    // [lambda]
    charcount::Server shout{{.port = 0},
                            [](std::string_view text) { return std::string(text) + "!"; }};
    // [lambda]
    talk(shout);

    meet_the_doorman();
}
