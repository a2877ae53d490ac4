// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Shows pushes for the guide: messages that nobody asked for, from any thread.
//
//     ./pushes      two subscribers get the news, one that didn't subscribe gets the broadcast only

#include <charcount/client.hpp>
#include <charcount/server.hpp>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace {

// [desk]
/// Who wants the news.
class Subscribers {
public:
    void add(const charcount::Peer& peer) {
        const std::lock_guard lock(mutex_);
        std::erase_if(peers_, [](const charcount::Peer& other) { return !other.is_open(); });
        peers_.push_back(peer);
    }

    void send(std::string_view news) {
        std::unique_lock lock(mutex_);
        const std::vector<charcount::Peer> peers = peers_;
        lock.unlock();  // nobody waits while the messages are queued
        for (const charcount::Peer& peer : peers)
            if (const std::error_code error = peer.send(news))
                std::clog << "not sent: " << error.message() << '\n';
    }

private:
    std::mutex mutex_;
    std::vector<charcount::Peer> peers_;
};

struct NewsDesk {
    std::shared_ptr<Subscribers> subscribers;  // one for all connections

    std::string operator()(charcount::Peer& peer, std::string_view text) const {
        if (text != "subscribe") return "error: say subscribe";
        subscribers->add(peer);
        return "subscribed";
    }
};
// [desk]

}  // namespace

int main() {
    // [use]
    const auto subscribers = std::make_shared<Subscribers>();
    charcount::ServerOptions options{.port = 0};
    options.push_policy = charcount::PushPolicy::drop;  // for those who don't read
    charcount::Server<NewsDesk> server{options, NewsDesk{subscribers}};
    server.start();
    // [use]

    const auto port = server.local_endpoint().port();
    charcount::Client first{"127.0.0.1", port};
    charcount::Client second{"127.0.0.1", port};
    charcount::Client guest{"127.0.0.1", port};
    for (auto* client : {&first, &second}) std::cout << client->request("subscribe") << '\n';
    std::cout << guest.request("hello") << '\n';

    // [send]
    std::thread reporter([&] {
        subscribers->send("news: it rains");       // to those in the list
        server.broadcast("the server goes down");  // to every connection
    });
    // [send]
    reporter.join();
    for (auto* client : {&first, &second})
        std::cout << client->receive() << "; " << client->receive() << '\n';
    std::cout << guest.receive() << '\n';
}
