// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What both sides do with messages: names, the wire, the lines of the log.

#ifndef CHARCOUNT_EXAMPLES_CHAT_SPEECH_HPP
#define CHARCOUNT_EXAMPLES_CHAT_SPEECH_HPP

#include <algorithm>
#include <charcount/utf8.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "line.hpp"
#include "side.hpp"

namespace chat {

/// Turns messages into lines of the log and tells them.
///
///     without a name    wire "halo"         here "Client: halo"   there "Client: halo"
///     --name Budi       wire "Budi: halo"   here "Budi: halo"     there "Client: Budi: halo"
///
/// The name is part of the text: so every peer can show it, and none has to understand it.
class Speech {
public:
    Speech(Events events, std::string role, std::string name)
        : events_(std::move(events)), role_(std::move(role)), name_(std::move(name)) {}

    /// A message as it is sent: without the line end that a terminal or a paste left at its end.
    [[nodiscard]] std::string to_wire(std::string_view message) const {
        while (message.ends_with('\n') || message.ends_with('\r')) message.remove_suffix(1);
        return name_.empty() ? std::string(message) : name_ + ": " + std::string(message);
    }

    void sent(std::string_view message) const {
        tell(Line::Kind::sent, name_.empty() ? role_ : name_, message);
    }

    void received(const std::string& sender, std::string_view message) const {
        tell(Line::Kind::received, sender, message);
    }

    void note(std::string text) const {
        events_.on_line({.kind = Line::Kind::note, .text = std::move(text)});
    }

    void fault(std::string text) const {
        events_.on_line({.kind = Line::Kind::fault, .text = std::move(text)});
    }

    void status(bool is_connected, std::string text) const {
        events_.on_status({is_connected, std::move(text)});
    }

    void changed() const { events_.on_change(); }

    /// What became of a message that could not be sent.
    void unsent(std::string_view message, const std::string& cause) const {
        constexpr std::size_t most = 200;
        const std::size_t size = std::min(message.size(), most);
        std::string_view begin = message.substr(0, size);
        begin.remove_suffix(charcount::incomplete_suffix(begin));
        const std::string dots = size < message.size() ? "..." : "";
        for (const std::string& line : printable_lines(begin))
            fault("Tidak terkirim (" + cause + "): " + line + dots);
    }

private:
    void tell(Line::Kind kind, const std::string& sender, std::string_view message) const {
        for (std::string& text : printable_lines(message))
            events_.on_line({.kind = kind, .sender = sender, .text = std::move(text)});
    }

    const Events events_;
    const std::string role_;
    const std::string name_;
};

}  // namespace chat

#endif
