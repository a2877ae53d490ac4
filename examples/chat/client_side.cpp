// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The client's side: a charcount::Client that receives all the time and reconnects.

#include <asio/steady_timer.hpp>
#include <atomic>
#include <charcount/client.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/async.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "backoff.hpp"
#include "network_thread.hpp"
#include "phrases.hpp"
#include "side.hpp"
#include "speech.hpp"

namespace {

using namespace chat;

///     connect ──> receive, receive, ... ──(its end)──> wait ──> connect
///        └────────────────(failure)────────────────────^
template <charcount::Framing F>
class ClientSide final : public Side {
public:
    ClientSide(const Settings& settings, Events events)
        : speech_(std::move(events), "Client", settings.name),
          server_(address(settings.host, settings.port)),
          port_(settings.port),
          timer_(thread_.context()),
          client_(thread_.context(), options(settings)) {}

    ~ClientSide() override { end(); }

    void start() override {
        thread_.post([this] { connect(); });
        thread_.start();
    }

    bool send(std::string_view message) override {
        if (is_blank(message) || !can_send()) return false;
        std::string text = speech_.to_wire(message);
        pending_bytes_ += text.size();
        thread_.post([this, wire = std::move(text), shown = std::string(message)] {
            speech_.sent(shown);
            client_.async_send(wire, [this, size = wire.size(), shown](std::error_code error) {
                on_sent(size, shown, error);
            });
        });
        return true;
    }

    [[nodiscard]] bool can_send() const override {
        return is_connected_ && pending_bytes_ < max_pending_bytes - max_message_bytes;
    }

    [[nodiscard]] bool has_unsent() const override { return pending_bytes_ > 0; }

    [[nodiscard]] std::uint16_t port() const override { return port_; }

    void stop() override { end(); }

private:
    using Clock = std::chrono::steady_clock;

    /// A connection that lasted as long was a good one: after it, no long wait is due.
    static constexpr std::chrono::seconds good_connection{5};

    static charcount::ClientOptions options(const Settings& settings) {
        using namespace std::chrono_literals;
        charcount::ClientOptions options;
        options.host = settings.host;
        options.port = settings.port;
        options.max_message_bytes = max_message_bytes;
        options.max_pending_output_bytes = max_pending_bytes;
        options.receive_timeout = 0ms;  // people may be silent
        options.send_timeout = 0ms;     // or asleep; what waits is bounded by its size
        return options;
    }

    void connect() {
        speech_.status(false, "Menghubungkan ke " + server_);
        client_.async_connect([this](std::error_code error) {
            if (is_closing_) return;
            if (error) return retry(not_connected(server_, error));
            connected_at_ = Clock::now();
            is_connected_ = true;
            speech_.note("Terhubung ke server...");
            speech_.status(true, "Terhubung ke " + server_);
            speech_.changed();
            receive();
        });
    }

    void receive() {
        client_.async_receive([this](std::error_code error, const std::string& message) {
            if (is_closing_) return;
            if (error) return lose(error);
            speech_.received("Server", message);
            receive();
        });
    }

    void lose(std::error_code error) {
        is_connected_ = false;
        client_.close();
        if (Clock::now() - connected_at_ >= good_connection) backoff_.reset();
        retry(server_lost(error));
    }

    void retry(const std::string& cause) {
        const auto wait = backoff_.next();
        const std::string again = "mencoba lagi dalam " + seconds(wait);
        speech_.fault(cause + "; " + again + "...");
        speech_.status(false, "Tidak terhubung, " + again);
        timer_.expires_after(wait);
        timer_.async_wait([this](std::error_code error) {
            if (!error && !is_closing_) connect();
        });
    }

    void on_sent(std::size_t size, const std::string& text, std::error_code error) {
        pending_bytes_ -= size;
        if (is_closing_) return;
        if (error) speech_.unsent(text, reason(error));
        speech_.changed();
    }

    void end() {
        if (!thread_.is_running()) return;
        thread_.post([this] {
            is_closing_ = true;
            timer_.expires_after(std::chrono::milliseconds(250));
            timer_.async_wait([this](std::error_code error) {
                if (!error) thread_.stop();
            });
            if (!is_connected_.exchange(false)) return thread_.stop();
            client_.async_close([this](std::error_code) { thread_.stop(); });
        });
        thread_.join();
    }

    NetworkThread thread_;
    const Speech speech_;
    const std::string server_;
    const std::uint16_t port_;
    Backoff backoff_;
    Clock::time_point connected_at_{};
    std::atomic<bool> is_connected_ = false;
    std::atomic<std::size_t> pending_bytes_ = 0;  ///< handed over and not sent yet
    bool is_closing_ = false;
    asio::steady_timer timer_;
    charcount::Client<charcount::AsyncTcp, F> client_;
};

}  // namespace

std::unique_ptr<chat::Side> chat::make_client(const Settings& settings, Events events) {
    if (settings.wire == Wire::line)
        return std::make_unique<ClientSide<charcount::LineFraming>>(settings, std::move(events));
    return std::make_unique<ClientSide<charcount::RawFraming>>(settings, std::move(events));
}
