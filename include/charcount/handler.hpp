// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What a handler is: the user's code that answers messages.

#ifndef CHARCOUNT_HANDLER_HPP
#define CHARCOUNT_HANDLER_HPP

#include <charcount/peer.hpp>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount {

template <class T>
class Task;
class TaskRunner;

namespace detail {

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<Task<T>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
concept TextReply = std::convertible_to<T, std::string_view> || std::convertible_to<T, std::string>;

template <class T>
concept PlainReply = std::is_void_v<T> || TextReply<T> ||
    (is_optional<T>&& TextReply<typename T::value_type>);

}  // namespace detail

/// An `asio::awaitable` of something that can be a reply. Known by its shape, so that handlers
/// can be checked without Asio.
template <class T>
concept AwaitableReply = requires {
    typename T::value_type;
    typename T::executor_type;
}
&&detail::PlainReply<typename T::value_type> && !detail::PlainReply<T>;

/// A `Task` of something that can be a reply.
template <class T>
concept TaskReply = detail::is_task<T> && detail::PlainReply<typename T::value_type>;

/// What a handler may return: nothing (no reply), something convertible to a string, an
/// `std::optional` of it (empty: no reply), or a `Task` or an `asio::awaitable` of one of these.
template <class T>
concept Reply = detail::PlainReply<T> || AwaitableReply<T> || TaskReply<T>;

namespace detail {

template <class H>
concept TakesPeerAndMessage = std::invocable<H&, Peer&, std::string_view>;

template <class H>
concept TakesMessage = std::invocable<H&, std::string_view>;

template <class H>
struct MessageResult {};
template <TakesPeerAndMessage H>
struct MessageResult<H> : std::invoke_result<H&, Peer&, std::string_view> {};
template <class H>
requires(TakesMessage<H> && !TakesPeerAndMessage<H>) struct MessageResult<H>
    : std::invoke_result<H&, std::string_view> {
};

}  // namespace detail

/// Answers whole messages: callable with `(std::string_view)` or `(Peer&, std::string_view)`.
template <class H>
concept MessageHandler = requires {
    typename detail::MessageResult<H>::type;
}
&&Reply<typename detail::MessageResult<H>::type>;

/// Takes a message in pieces: `on_chunk(std::string_view)` for each, then `on_end()`, which
/// returns the reply. Such a handler needs no memory for the message, however long.
template <class H>
concept ChunkHandler = requires(H handler, std::string_view piece) {
    handler.on_chunk(piece);
    handler.on_end();
}
&&detail::PlainReply<decltype(std::declval<H&>().on_end())>;

/// What a server calls with each message. It is copied for each connection, so its members are
/// the state of that connection; state for all connections is what its members point to.
///
/// Two more members are optional: `on_open(Peer&)`, before the first message, and
/// `on_close(Peer&, std::error_code)`, when the connection has ended (no error: in good order).
///
/// *Lifetime*: a message is valid until the handler returns; for a coroutine until that has
/// completed. *Thread safety*: one connection's handler is never run by two threads at once;
/// handlers of different connections may be. *Throws*: whatever a handler throws ends its own
/// connection with `errc::handler_failed`, never the server.
template <class H>
concept Handler = std::copy_constructible<H> &&(MessageHandler<H> || ChunkHandler<H>);

/// A handler that returns an `asio::awaitable`.
template <class H>
concept AwaitableHandler =
    MessageHandler<H> && AwaitableReply<typename detail::MessageResult<H>::type>;

/// A handler that returns a `Task`.
template <class H>
concept TaskHandler = MessageHandler<H> && TaskReply<typename detail::MessageResult<H>::type>;

/// A handler whose replies may come later: a coroutine.
template <class H>
concept CoroutineHandler = AwaitableHandler<H> || TaskHandler<H>;

/// Calls a handler in whichever form it has. For handlers that wrap another.
template <MessageHandler H>
decltype(auto) call_handler(H& handler, Peer& peer, std::string_view message) {
    if constexpr (detail::TakesPeerAndMessage<H>) {
        return std::invoke(handler, peer, message);
    } else {
        return std::invoke(handler, message);
    }
}

/// Calls `on_open` where the handler has it. For handlers that wrap another.
template <class H>
void call_on_open(H& handler, Peer& peer) {
    if constexpr (requires { handler.on_open(peer); }) handler.on_open(peer);
}

namespace detail {

template <class H>
concept HasOnClose = requires(H& handler, Peer& peer, std::error_code error) {
    handler.on_close(peer, error);
};

}  // namespace detail

/// Calls `on_close` where the handler has it. For handlers that wrap another.
template <class H>
void call_on_close(H& handler, Peer& peer, std::error_code error) {
    if constexpr (detail::HasOnClose<H>) handler.on_close(peer, error);
}

namespace detail {

/// A handler that is given a peer to keep before its connection ends.
template <class H>
concept UsesPeer = TakesPeerAndMessage<H> || requires(H& handler, Peer& peer) {
    handler.on_open(peer);
};

/// The one sentence that a wrong handler gets from the compiler; the rest of a class then works
/// with a handler that is right, so that no second error follows.
template <class H, class Substitute>
struct CheckedHandler {
    static_assert(Handler<H>,
                  "a charcount handler must be copyable and callable with (std::string_view) or "
                  "(charcount::Peer&, std::string_view), and return nothing, something convertible "
                  "to std::string, a std::optional of it, or a charcount::Task or an "
                  "asio::awaitable of one of these");
    using type = std::conditional_t<Handler<H>, H, Substitute>;
};

/// Gives the text of a plain reply, if there is one, to `take`.
template <class R, class Take>
void visit_reply(R&& reply, Take&& take) {
    using Value = std::remove_cvref_t<R>;
    if constexpr (is_optional<Value>) {
        if (reply) visit_reply(*std::forward<R>(reply), take);
    } else if constexpr (std::convertible_to<R, std::string_view>) {
        take(static_cast<std::string_view>(reply));
    } else {
        const std::string text = std::forward<R>(reply);
        take(std::string_view(text));
    }
}

}  // namespace detail
}  // namespace charcount

#endif
