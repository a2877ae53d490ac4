// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Side: one end of the chat, whatever shows it.

#ifndef CHARCOUNT_EXAMPLES_CHAT_SIDE_HPP
#define CHARCOUNT_EXAMPLES_CHAT_SIDE_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "line.hpp"

namespace chat {

/// Where a message ends. `raw`: a message is what one send delivered, so that plain programs can
/// be the other end; two quick ones may arrive as one. `line`: at LF; for our own two ends.
enum class Wire { raw, line };

/// What both ends are told when they begin.
struct Settings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 9000;
    Wire wire = Wire::raw;
    std::string name = {};           ///< goes before each line that is written here
    std::size_t max_clients = 1000;  ///< of a server, at once; one more waits in the backlog
};

/// Whether one can talk, in words for a status bar.
struct Status {
    bool is_connected = false;
    std::string text = {};
};

/// What a side tells, always on its network thread. Whoever takes long here holds up the network,
/// and so, in the end, whoever sends: that is how a flood is slowed down.
struct Events {
    std::function<void(Line)> on_line = [](const Line&) {};
    std::function<void(Status)> on_status = [](const Status&) {};
    std::function<void()> on_change = [] {};  ///< `can_send` or `has_unsent` may have
};

/// One end of the chat. It runs its network on a thread of its own.
class Side {
public:
    /// No message is longer, in bytes.
    static constexpr std::size_t max_message_bytes = 4 * 1024 * 1024;

    /// What may wait for an end that doesn't read, in bytes; then it is given up.
    static constexpr std::size_t max_pending_bytes = 2 * max_message_bytes;

    /// Ends as `stop` does.
    virtual ~Side() = default;

    /// Begins to listen or to connect. *Throws*: `std::system_error` when it can't listen.
    virtual void start() = 0;

    /// Sends a message to whoever is connected; blank ones are not sent. False: it was not taken,
    /// because nobody is there or too much waits already; the text is still the caller's.
    ///
    /// *Thread safety*: from any thread.
    virtual bool send(std::string_view message) = 0;

    /// Whether `send` would take a message. *Thread safety*: from any thread.
    [[nodiscard]] virtual bool can_send() const = 0;

    /// Whether messages that were taken wait to be handed to the system. *Thread safety*: from any
    /// thread.
    [[nodiscard]] virtual bool has_unsent() const = 0;

    /// The port that a server listens on, or that a client connects to.
    [[nodiscard]] virtual std::uint16_t port() const = 0;

    /// Ends within a quarter of a second; what was sent before still goes out, where the other end
    /// reads. Nothing is told afterwards. Not from a callback.
    virtual void stop() = 0;

protected:
    Side() = default;
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;
};

/// What makes a side, once it is known who listens to it.
using MakeSide = std::function<std::unique_ptr<Side>(Events)>;

/// The end that listens, for many clients at once.
[[nodiscard]] std::unique_ptr<Side> make_server(const Settings& settings, Events events);

/// The end that connects, and connects anew when it lost its server.
[[nodiscard]] std::unique_ptr<Side> make_client(const Settings& settings, Events events);

}  // namespace chat

#endif
