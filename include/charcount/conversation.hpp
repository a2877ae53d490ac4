// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Conversation: Inbox, handler and Outbox. The core of a connection, without any I/O.

#ifndef CHARCOUNT_CONVERSATION_HPP
#define CHARCOUNT_CONVERSATION_HPP

#include <algorithm>
#include <charcount/byte_buffer.hpp>
#include <charcount/char_count_handler.hpp>
#include <charcount/detail/local_link.hpp>
#include <charcount/detail/pending_work.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/handler.hpp>
#include <charcount/inbox.hpp>
#include <charcount/options.hpp>
#include <charcount/outbox.hpp>
#include <charcount/peer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount {

/// One connection's logic for any event loop: received bytes in, bytes to send out.
///
///     bytes read ──> receive ──> messages ──> handler ──> replies ──> output ──> bytes to write
///                                               pushes (Peer::send) ──┘
///
/// The owner moves the bytes:
/// 1. `open()`; then, as long as `finished()` is false:
/// 2. when `wants_input()`, read and call `receive`; at the peer's half-close `end_of_stream`;
/// 3. write what `output()` gives, and tell `consume` how much went out;
/// 4. after a wake-up (see `on_wake`), call `collect_pushes`;
/// 5. when it has finished, or the connection has failed: `close(error)`.
///
/// A coroutine as a handler needs an owner that runs it: see `work` and `run_tasks_on`.
///
/// *Thread safety*: none, but for the peers it gives out. *Throws*: nothing that a handler
/// throws: that ends the conversation with `errc::handler_failed`. `std::bad_alloc` passes.
template <class H = CharCountHandler, Framing F = LineFraming>
class Conversation {
    using Checked = typename detail::CheckedHandler<H, CharCountHandler>::type;

public:
    /// A conversation with a link of its own, for an event loop of the user's.
    explicit Conversation(H user_handler = H(), const ConversationOptions& options = {})
        : Conversation(std::move(user_handler), options,
                       std::make_shared<detail::LocalLink<F>>(options), F()) {}

    /// Internal: drivers are themselves the link, and outlive the conversation.
    Conversation(H user_handler, const ConversationOptions& options, detail::PeerLink* link,
                 F framing = {})
        : Conversation(std::move(user_handler), options, not_owned(link), std::move(framing)) {}

    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// Called, from any thread, when something was pushed. It only notifies the owner's loop: it
    /// calls neither this nor a peer. Set it before any other thread has a peer.
    void on_wake(std::function<void()> wake) {
        static_cast<detail::LocalLink<F>&>(*link_).on_wake(std::move(wake));
    }

    /// A handle on this conversation, for pushes.
    [[nodiscard]] Peer peer() const { return Peer(link_->weak_from_this()); }

    /// The connection stands: calls the handler's `on_open`.
    void open() {
        if constexpr (uses_peer) peer_ = peer();
        guarded([&](Peer& peer) { call_on_open(handler_, peer); });
    }

    /// Takes bytes that arrived and answers the messages that they complete.
    /// `more_follows`: the socket holds more, which will be received at once; if it does not
    /// after all, call it again with no bytes and `false`. It matters to `RawFraming` only.
    ///
    /// *Lifetime*: the bytes are not needed after the call.
    void receive(std::string_view bytes, bool more_follows = false) {
        if (input_is_over_ || closing_) return;
        unread_has_more_ = more_follows;
        if (is_paused() || has_unread()) {
            if (!more_follows && !has_unread() && bytes.empty()) read_end_waits_ = true;
            put_by(bytes);
        } else if (may_await && !bytes.empty()) {  // so that a message stays while it is awaited
            put_by(bytes);
            resume();
        } else {
            put_by(process(bytes, more_follows));
        }
        link_->publish_pending(outbox_.size());
    }

    /// The peer has half-closed: no more bytes will come.
    void end_of_stream() {
        if (input_is_over_) return;
        input_is_over_ = true;
        stream_has_ended_ = true;
        resume();
    }

    /// The owner wants to end: what has arrived is answered, nothing more is taken.
    /// `error`: why, unless in good order.
    void finish(std::error_code error = {}) {
        if (!error_) error_ = error;
        if (input_is_over_) return;
        input_is_over_ = true;
        resume();
    }

    /// Ends the conversation after an error line to the peer: `error: TEXT`. Nothing follows that
    /// line. Does nothing when the conversation is ending already.
    void reject(std::error_code error, std::string_view text) {
        if (closing_) return;
        end(error);
        collect_pushes();
        append_reply("error: " + std::string(text));
    }

    /// Moves pushed messages to the output, and does what the peer was asked to (`Peer::close`).
    void collect_pushes() {
        if (link_->needs_attention()) attend_to_link();
    }

    /// Whether the owner should read. False at the high-water mark, while a handler is awaited,
    /// and at the end.
    [[nodiscard]] bool wants_input() const noexcept {
        return !input_is_over_ && !closing_ && !is_paused() && !has_unread();
    }

    /// The next bytes to write; empty when there are none.
    ///
    /// *Lifetime*: valid and unmoved until `consume` has taken all of them.
    [[nodiscard]] std::string_view output() noexcept { return outbox_.front(); }

    /// How many bytes wait to be written in all.
    [[nodiscard]] std::size_t pending_output() const noexcept { return outbox_.size(); }

    /// The first `count` bytes of `output()` were written. Goes on with messages that waited.
    void consume(std::size_t count) {
        outbox_.consume(count);
        if (output_is_high_) output_is_high_ = outbox_.size() > max_pending_bytes_ / 2;
        link_->publish_pending(outbox_.size());
        if (has_unread() || read_end_waits_ || input_is_over_) resume();
    }

    /// It has nothing to say and waits for input.
    [[nodiscard]] bool is_quiet() const noexcept {
        return wants_input() && outbox_.empty() && !link_->needs_attention();
    }

    /// Nothing more will come of it: every message is answered and written.
    [[nodiscard]] bool finished() const noexcept {
        return (closing_ || (input_is_over_ && !has_unread())) && !is_awaiting() && outbox_.empty();
    }

    /// Calls the handler's `on_close`, once. No pushes are taken any more.
    /// `error`: why the connection failed, if it did.
    void close(std::error_code error = {}) noexcept {
        if (std::exchange(closed_, true)) return;
        unsent_bytes_ = link_->shut() + outbox_.size();
        closing_ = true;  // the link refuses already
        if (!error_) error_ = error;
        if constexpr (detail::HasOnClose<Checked>) {
            try {
                Peer self = peer();
                handler_.on_close(self, error_);
            } catch (...) {
                if (!error_) error_ = errc::handler_failed;
            }
        }
    }

    /// Why it ended; no error for an end in good order.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }

    /// A message has begun to arrive and is not complete. False when its rest is not wanted any
    /// more, so that nobody waits for it.
    [[nodiscard]] bool in_message() const noexcept {
        return !input_is_over_ && !closing_ && inbox_.in_message();
    }

    /// How many messages have arrived whole.
    [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }

    /// After `close`: how many bytes of output were never written.
    [[nodiscard]] std::size_t unsent_bytes() const noexcept { return unsent_bytes_; }

    /// The handler, with the state of this connection.
    [[nodiscard]] H& handler() noexcept { return handler_; }

    /// The work of an awaitable handler: while `is_awaiting()`, take it, run it, and call
    /// `complete` with its result, or `fail_work` when it threw.
    [[nodiscard]] auto& work() noexcept requires AwaitableHandler<H> { return work_; }

    /// A handler is at work on a message; the next ones wait.
    [[nodiscard]] bool is_awaiting() const noexcept { return work_.is_active(); }

    /// The awaited handler has completed, with this reply or with none.
    template <class... R>
    void complete(R&&... reply) requires AwaitableHandler<H> {
        (detail::visit_reply(std::forward<R>(reply), [&](std::string_view text) { answer(text); }),
         ...);
        work_.reset();  // not before: the reply may be a part of the message
        go_on_after_reply();
    }

    /// The awaited handler has thrown.
    void fail_work() requires AwaitableHandler<H> {
        work_.reset();
        end(errc::handler_failed);
        collect_pushes();
    }

    /// Where the tasks of a handler run, once for all of them: before `open`.
    ///
    /// *Lifetime*: the runner outlives what the tasks await.
    void run_tasks_on(TaskRunner& runner) noexcept requires TaskHandler<H> {
        work_.set_runner(runner);
    }

    /// Whether the task that is awaited has come to its end. To be asked after it was resumed;
    /// then call `complete_task`, or, when the conversation is closed, `forget_task`.
    [[nodiscard]] bool is_task_done() const noexcept requires TaskHandler<H> {
        return work_.is_done();
    }

    /// Takes the reply of the task, and goes on with the messages that waited.
    void complete_task() requires TaskHandler<H> {
        guarded([&](Peer&) { reply_with([&]() -> decltype(auto) { return work_.result(); }); });
        work_.reset();
        go_on_after_reply();
    }

    /// Destroys the task.
    void forget_task() noexcept requires TaskHandler<H> { work_.reset(); }

    /// See `Outbox`. For an owner of many conversations, which has them take turns.
    void borrow_memory(ByteBuffer& spare) noexcept { outbox_.borrow_memory(spare); }

    /// See `Outbox`.
    void return_memory(ByteBuffer& spare) noexcept { outbox_.return_memory(spare); }

    /// Gives memory back that is not in use. For a connection that has been quiet for a while.
    void release_memory() {
        if (!is_awaiting()) inbox_.release_memory();
        outbox_.release_memory();
        link_->release_memory();
        unread_.release_memory();
    }

private:
    static constexpr bool uses_peer = detail::UsesPeer<Checked>;
    static constexpr bool may_await = CoroutineHandler<Checked>;
    struct Nothing {};

    Conversation(H user_handler, const ConversationOptions& options,
                 std::shared_ptr<detail::PeerLink> link, F framing)
        : inbox_(message_limit(options), std::move(framing)),
          requests_left_(options.max_requests),
          link_(std::move(link)),
          max_pending_bytes_(link_->max_pending_bytes()),
          handler_(std::move(user_handler)) {}

    static std::shared_ptr<detail::PeerLink> not_owned(detail::PeerLink* link) noexcept {
        return {std::shared_ptr<void>(), link};
    }

    static std::uint64_t message_limit(const ConversationOptions& options) noexcept {
        constexpr bool unbounded = F::is_stream && ChunkHandler<H>;
        return options.max_message_bytes.value_or(
            unbounded ? std::numeric_limits<std::uint64_t>::max() : default_max_message_bytes);
    }

    [[nodiscard]] bool is_paused() const noexcept { return output_is_high_ || is_awaiting(); }
    [[nodiscard]] bool has_unread() const noexcept { return unread_begin_ < unread_.size(); }

    void go_on_after_reply() {
        collect_pushes();
        count_request();
        link_->publish_pending(outbox_.size());
        resume();
    }

    /// Takes messages as long as there are any and they may be taken; returns what is left.
    std::string_view process(std::string_view input, bool more_follows) {
        do {
            if (take_whole(input)) continue;
            const InboxPart part = inbox_.next(input, more_follows);
            if (part.kind != InboxPart::Kind::nothing) take(part);
        } while (!input.empty() && !closing_ && !is_paused());
        return closing_ ? std::string_view() : input;
    }

    /// Goes on with bytes that had to wait, then with the end of the stream.
    void resume() {
        if (closing_ || is_paused()) return;
        if (std::exchange(read_end_waits_, false)) {
            process({}, false);
            if (closing_ || is_paused()) return;
        }
        if (!unread_.empty()) {
            std::string_view waiting = unread_.view();
            waiting.remove_prefix(unread_begin_);
            unread_begin_ = unread_.size() - process(waiting, unread_has_more_).size();
            if (has_unread() || is_awaiting()) return;
            unread_.clear();
            unread_begin_ = 0;
        }
        if (input_is_over_ && !closing_ && !is_paused()) end_input();
    }

    /// Keeps bytes for `resume`.
    void put_by(std::string_view bytes) {
        if (bytes.empty()) return;
        ByteBuffer& unread = unread_.bytes();
        if constexpr (may_await) {
            const bool has_room = bytes.size() <= unread.capacity() - unread.size();
            if (is_awaiting() && !has_room) {  // the handler may look at a message that lies here
                ByteBuffer grown;
                grown.append(unread.view().substr(unread_begin_)).append(bytes);
                unread_begin_ = 0;
                unread.swap(grown);
                return work_.keep(std::move(grown));
            }
        }
        unread.append(bytes);
    }

    void end_input() {
        if (stream_has_ended_) {
            take(inbox_.end_of_stream());
            stream_has_ended_ = false;
            if (inbox_.in_message())
                reject(errc::message_truncated, "the last message is not complete");
        } else {
            process({}, false);
            if (inbox_.in_message() && !error_) error_ = errc::server_stopped;
        }
    }

    [[nodiscard]] bool take_whole(std::string_view& input) {
        if constexpr (MessageHandler<Checked>) {
            std::string_view message;
            if (!inbox_.take_whole(input, message)) return false;
            ++messages_;
            call(message);
            return true;
        }
        return false;
    }

    void take(const InboxPart& part) {
        if (part.kind == InboxPart::Kind::nothing) return;
        if (part.kind == InboxPart::Kind::too_long) {
            reject(errc::message_too_long,
                   "message longer than " + std::to_string(inbox_.max_message_bytes()) + " bytes");
            return;
        }
        if (part.kind == InboxPart::Kind::end) ++messages_;
        if constexpr (ChunkHandler<Checked>) {
            if (takes_in_pieces(part)) return take_piece(part);
            if constexpr (MessageHandler<Checked>) call(part.bytes);
        } else {
            std::string_view message;
            if (inbox_.join(part, message)) call(message);
        }
    }

    /// A message that arrived whole goes to the handler whole, if it takes such.
    [[nodiscard]] bool takes_in_pieces(const InboxPart& part) const noexcept {
        return in_pieces_ || part.kind == InboxPart::Kind::piece || !MessageHandler<Checked>;
    }

    void take_piece(const InboxPart& part) {
        in_pieces_ = part.kind == InboxPart::Kind::piece;
        guarded([&](Peer&) {
            if (!part.bytes.empty()) handler_.on_chunk(part.bytes);
            if (in_pieces_) return;
            reply_with([&]() -> decltype(auto) { return handler_.on_end(); });
        });
        if (!in_pieces_) count_request();
    }

    void call(std::string_view message) {
        if constexpr (AwaitableHandler<Checked>) {
            guarded([&](Peer& peer) { work_.start(call_handler(handler_, peer, message)); });
        } else if constexpr (TaskHandler<Checked>) {
            guarded([&](Peer& peer) {
                auto task = call_handler(handler_, peer, message);
                if (work_.start(task))
                    reply_with([&]() -> decltype(auto) { return task.result(); });
            });
            if (!is_awaiting()) count_request();
        } else {
            guarded([&](Peer& peer) {
                reply_with(
                    [&]() -> decltype(auto) { return call_handler(handler_, peer, message); });
            });
            count_request();
        }
    }

    template <class Call>
    void reply_with(Call&& call) {
        if constexpr (std::is_void_v<decltype(call())>) {
            call();
        } else {
            detail::visit_reply(call(), [&](std::string_view text) { answer(text); });
        }
    }

    /// Runs the user's code; what it throws ends the conversation, what it pushed goes out.
    template <class Code>
    void guarded(Code&& code) {
        try {
            if constexpr (uses_peer) {
                code(peer_);
            } else {
                Peer nobody;
                code(nobody);
            }
        } catch (...) {
            end(errc::handler_failed);
        }
        if constexpr (uses_peer) collect_pushes();
    }

    /// What the handler pushed before it returned goes first.
    void answer(std::string_view text) {
        collect_pushes();
        append_reply(text);
    }

    void append_reply(std::string_view text) {
        F::encode(outbox_.back(), text);
        note_output_grew();
    }

    [[gnu::noinline]] void attend_to_link() {
        const auto state = link_->collect(outbox_.back());
        if (state == detail::PeerLink::State::overflowed) end(errc::output_overflow);
        if (state == detail::PeerLink::State::close_requested) end({});
        note_output_grew();
    }

    void count_request() {
        if (requests_left_ > 0 && --requests_left_ == 0) end({});
    }

    void note_output_grew() noexcept {
        if (outbox_.size() >= max_pending_bytes_) output_is_high_ = true;
    }

    /// Nothing more is taken; what is to be sent still goes out.
    void end(std::error_code error) noexcept {
        if (!error_) error_ = error;
        if (!std::exchange(closing_, true)) link_->refuse();
    }

    // What each message needs stands together: with many connections, each line of the cache that
    // it lies in has to be fetched.
    Inbox<F> inbox_;
    Outbox outbox_;
    detail::SpareBuffer unread_;  ///< bytes that arrived while no message could be taken
    std::size_t unread_begin_ = 0;
    std::uint64_t requests_left_;  ///< 0: without a limit
    std::uint64_t messages_ = 0;
    bool unread_has_more_ = false;
    bool read_end_waits_ = false;  ///< no more followed what was read before unread_
    bool in_pieces_ = false;
    bool input_is_over_ = false;
    bool stream_has_ended_ = false;
    bool output_is_high_ = false;
    bool closing_ = false;
    bool closed_ = false;
    std::shared_ptr<detail::PeerLink> link_;  ///< drivers own their conversation, not it them
    const std::size_t max_pending_bytes_;
    H handler_;
    [[no_unique_address]] std::conditional_t<uses_peer, Peer, Nothing> peer_;
    [[no_unique_address]] detail::PendingWork<H> work_;
    std::error_code error_;
    std::size_t unsent_bytes_ = 0;
};

}  // namespace charcount

#endif
