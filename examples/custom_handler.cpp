// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows a handler of your own: greets, numbers the messages of each connection, shouts them back.
//
//     ./custom_handler      starts a server, talks to it over two connections, ends
//
// A server copies the handler for each connection, so its members are that connection's state.

#include <algorithm>
#include <cctype>
#include <charcount/client.hpp>
#include <charcount/server.hpp>
#include <cstddef>
#include <iostream>
#include <string>
#include <string_view>

namespace {

// [shout]
class Shout {
public:
    /// Optional: called before the first message. What is sent here is a message of its own.
    void on_open(charcount::Peer& peer) const { peer.send("say something"); }

    /// Called with each message; what it returns is the reply.
    std::string operator()(std::string_view text) {
        std::string reply = std::to_string(++seen_) + ": ";
        for (const char c : text)
            reply += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return reply;
    }

private:
    std::size_t seen_ = 0;
};
// [shout]

}  // namespace

int main() {
    charcount::Server<Shout> server{{.port = 0}};  // any free port
    server.start();                                // listens from here on, on a thread of its own

    for (const std::string name : {"first", "second"}) {
        charcount::Client client{"127.0.0.1", server.local_endpoint().port()};
        std::cout << name << " connection: " << client.receive() << '\n';
        std::cout << "  " << client.request("halo") << '\n';
        std::cout << "  " << client.request("dunia") << '\n';
    }

    server.stop();
    server.wait();
}
