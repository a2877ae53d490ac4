// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The server's side: a charcount::Server whose handler tells, and broadcasts what is written.

#include <atomic>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/options.hpp>
#include <charcount/peer.hpp>
#include <charcount/server.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "network_thread.hpp"
#include "numbers.hpp"
#include "phrases.hpp"
#include "side.hpp"
#include "speech.hpp"

namespace {

using namespace chat;

/// What the connections of a server have in common. All on the network thread but `count`.
class Room {
public:
    /// `place`: where the server listens.
    Room(const Speech& speech, std::string place) : speech_(speech), place_(std::move(place)) {}

    [[nodiscard]] std::size_t enter(const std::string& client) {
        const std::size_t number = numbers_.take();
        const std::string role = number == 1 ? "" : " sebagai " + Numbers::label(number);
        publish();  // first: whoever reads the line may send
        speech_.note("Terhubung dengan " + client + role);
        return number;
    }

    void leave(std::size_t number, const std::string& client, std::error_code error) {
        numbers_.give_back(number);
        if (is_closing_) return;
        const std::string text = client_lost(client, error);
        error ? speech_.fault(text) : speech_.note(text);
        publish();
    }

    /// Says who is there, and lets others know how many.
    void publish() {
        count_ = numbers_.count();
        speech_.status(count_ > 0, clients_connected(count_, place_));
        speech_.changed();
    }

    void close() { is_closing_ = true; }

    /// *Thread safety*: from any thread.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    const Speech& speech() const noexcept { return speech_; }

private:
    const Speech& speech_;
    const std::string place_;
    Numbers numbers_;
    std::atomic<std::size_t> count_ = 0;
    bool is_closing_ = false;
};

/// One client, as the server sees it. It answers nothing: people do.
class Guest {
public:
    explicit Guest(Room& room) : room_(&room) {}

    void on_open(const charcount::Peer& peer) {
        client_ = pair(peer.host(), peer.port());
        number_ = room_->enter(client_);
    }

    void on_close(const charcount::Peer&, std::error_code error) {
        room_->leave(number_, client_, error);
    }

    void operator()(std::string_view message) const {
        room_->speech().received(Numbers::label(number_), message);
    }

private:
    Room* room_;
    std::string client_;
    std::size_t number_ = 0;
};

template <charcount::Framing F>
class ServerSide final : public Side {
public:
    ServerSide(const Settings& settings, Events events)
        : speech_(std::move(events), "Server", settings.name),
          room_(speech_, address(settings.host, settings.port)),
          server_(thread_.context(), options(settings), Guest(room_)) {}

    ~ServerSide() override { end(); }

    void start() override {
        server_.start();
        thread_.post([this] {
            speech_.note("Menunggu koneksi client...");
            room_.publish();
        });
        thread_.start();
    }

    bool send(std::string_view message) override {
        if (is_blank(message) || !can_send()) return false;
        ++sending_;
        thread_.post([this, text = std::string(message)] {
            server_.broadcast(speech_.to_wire(text));
            speech_.sent(text);
            --sending_;
            speech_.changed();
        });
        return true;
    }

    [[nodiscard]] bool can_send() const override { return room_.count() > 0 && sending_ < 16; }

    [[nodiscard]] bool has_unsent() const override { return sending_ > 0; }

    [[nodiscard]] std::uint16_t port() const override { return server_.local_endpoint().port(); }

    void stop() override { end(); }

private:
    static charcount::ServerOptions options(const Settings& settings) {
        using namespace std::chrono_literals;
        charcount::ServerOptions options;
        options.host = settings.host;
        options.port = settings.port;
        options.max_connections = settings.max_clients;
        options.max_message_bytes = max_message_bytes;
        options.max_pending_output_bytes = max_pending_bytes;
        options.push_policy = charcount::PushPolicy::disconnect;
        options.idle_timeout = 0ms;     // people may be silent
        options.message_timeout = 0ms;  // and slow
        options.write_timeout = 3s;     // of one that reads nothing while megabytes wait
        return options;
    }

    void end() {
        if (!thread_.is_running()) return;
        thread_.post([this] {
            room_.close();
            server_.stop(std::chrono::milliseconds(250));
        });
        server_.wait();
        thread_.finish();
    }

    NetworkThread thread_;
    const Speech speech_;
    Room room_;
    std::atomic<std::size_t> sending_ = 0;  ///< messages on their way to the network thread
    charcount::Server<Guest, charcount::AsyncTcp, F> server_;
};

}  // namespace

std::unique_ptr<chat::Side> chat::make_server(const Settings& settings, Events events) {
    if (settings.wire == Wire::line)
        return std::make_unique<ServerSide<charcount::LineFraming>>(settings, std::move(events));
    return std::make_unique<ServerSide<charcount::RawFraming>>(settings, std::move(events));
}
