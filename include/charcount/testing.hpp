// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What users test their own handlers with: no socket, no thread, no clock. And the memory
// transport, for whole servers and clients.

#ifndef CHARCOUNT_TESTING_HPP
#define CHARCOUNT_TESTING_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/conversation.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/handler.hpp>
#include <charcount/inbox.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/memory.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace charcount {

namespace detail {

/// Runs a conversation over these reads, from `on_open` to `on_close`; returns what it sent.
template <Framing F, class H, class Reads>
[[nodiscard]] std::string sent_for(H handler, const Reads& reads,
                                   const ConversationOptions& options) {
    static_assert(!CoroutineHandler<H>,
                  "a handler that returns a charcount::Task or an asio::awaitable is tested on a "
                  "loop, with a server");
    Conversation<H, F> conversation(std::move(handler), options);
    std::string sent;
    const auto write = [&] {
        conversation.collect_pushes();
        while (!conversation.output().empty()) {
            sent += conversation.output();
            conversation.consume(conversation.output().size());
        }
    };
    conversation.open();
    write();
    for (const auto& bytes : reads) {
        conversation.receive(bytes);
        write();
    }
    conversation.end_of_stream();
    write();
    conversation.close();
    return sent;
}

}  // namespace detail

/// What a handler sends to a peer that sends these bytes in one read, half-closes, and reads all:
/// bytes in, bytes out, as they go over the wire.
///
///     exchange(CharCountHandler(), "Halo\ndunia\n") == "4\n5\n"
///     exchange<UntilEofFraming>(CharCountHandler(), "Halo\n") == "5"
///
/// Exceptions of the handler end the conversation, as in a server. For handlers that answer at
/// once; one that returns an awaitable needs a loop.
template <Framing F = LineFraming, class H>
[[nodiscard]] std::string exchange(H handler, std::string_view bytes,
                                   const ConversationOptions& options = {}) {
    return detail::sent_for<F>(std::move(handler), std::vector{bytes}, options);
}

/// What a handler sends to a peer that sends these messages one after the other: each reply and
/// each push is one text, in the order in which the peer would get them.
///
///     converse(CharCountHandler(), {"Halo", "dunia"}) == std::vector<std::string>{"4", "5"}
///
/// A message may hold any bytes. As in a server, a handler that throws or closes the connection
/// gets no further message, and `on_open` and `on_close` are called. For handlers that answer at
/// once; one that returns an awaitable needs a loop.
template <class H>
[[nodiscard]] std::vector<std::string> converse(H handler, std::vector<std::string> messages,
                                                const ConversationOptions& options = {}) {
    for (std::string& message : messages) {
        ByteBuffer frame;
        LengthFraming::encode(frame, message);
        message = frame.view();
    }
    const std::string sent = detail::sent_for<LengthFraming>(std::move(handler), messages, options);

    Inbox<LengthFraming> inbox(std::numeric_limits<std::uint32_t>::max());
    std::vector<std::string> texts;
    std::string_view text;
    for (std::string_view rest = sent; !rest.empty();) {
        if (inbox.join(inbox.next(rest, false), text)) texts.emplace_back(text);
    }
    return texts;
}

}  // namespace charcount

#endif
