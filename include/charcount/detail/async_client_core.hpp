// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncClientCore: the connection of an asynchronous client and the calls on it.

#ifndef CHARCOUNT_DETAIL_ASYNC_CLIENT_CORE_HPP
#define CHARCOUNT_DETAIL_ASYNC_CLIENT_CORE_HPP

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/async_connector.hpp>
#include <charcount/detail/async_loop.hpp>
#include <charcount/detail/client_operation.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <charcount/error.hpp>
#include <charcount/inbox.hpp>
#include <charcount/options.hpp>
#include <charcount/outbox.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Calls move through these queues:
///
///     queued_ ──(to the outbox, many in one write)──> sending_ ──(written)──> done: send
///                                          requests:  waiting_ ──(a message)──> done
///     receivers_ ──(a message that no request waits for)──────────────────────> done
///
/// A call that times out or is cancelled while it is queued leaves no trace. Later its bytes
/// still go out whole, and its place in `waiting_` swallows its reply, so that each later reply
/// finds its own caller. It reads only while somebody waits: what nobody wants stays in the
/// socket.
///
/// *Thread safety*: none; all on its executor.
template <class Transport, Framing F>
class AsyncClientCore : public std::enable_shared_from_this<AsyncClientCore<Transport, F>> {
public:
    using Endpoint = typename Transport::Endpoint;
    using Executor = typename Transport::Executor;
    using TimePoint = typename Transport::Clock::time_point;
    using Operation = ClientOperation<AsyncClientCore>;
    using Shared = std::shared_ptr<Operation>;

    AsyncClientCore(const Executor& executor, ClientOptions options, F framing)
        : options_(std::move(options)),
          framing_(std::move(framing)),
          loop_(std::make_shared<Loop>(executor, PushLimits{})) {}

    [[nodiscard]] const Executor& executor() const noexcept { return loop_->executor(); }
    [[nodiscard]] const std::optional<typename Transport::Socket>& socket() const noexcept {
        return socket_;
    }

    /// Begins a call; `output` of it is set.
    void submit(const Shared& operation) {
        if (operation->step == ClientStep::done) return;  // cancelled before it began
        operation->core = this;
        if (operation->call == ClientCall::connect) return connect(operation);
        if (!socket_) return finish(operation, errc::not_connected);
        if (operation->call == ClientCall::receive) return receive(operation);
        if (write_error_) return finish(operation, write_error_);
        if (has_half_closed_ && operation->call != ClientCall::close)
            return finish(operation, asio::error::shut_down);
        if (!has_room(operation->output.size())) return finish(operation, errc::output_overflow);
        queued_bytes_ += operation->output.size();
        has_half_closed_ = has_half_closed_ || half_closes(*operation);
        queued_.push_back(operation);
        arm(*operation, options_.send_timeout);
        flush_soon();
    }

    /// Ends a call early, with `asio::error::operation_aborted`.
    void cancel(const Shared& operation) {
        if (operation->step == ClientStep::connecting) return connector_->cancel();
        give_up(*operation, asio::error::operation_aborted);
    }

    /// Called when the deadline of a call's step may have come.
    void on_deadline(Operation& operation) {
        if (Transport::Clock::now() < operation.deadline)
            return loop_->look_at(operation, operation.deadline);
        give_up(operation,
                operation.step == ClientStep::receiving || operation.step == ClientStep::closing
                    ? errc::receive_timed_out
                    : errc::send_timed_out);
    }

    /// Closes at once; every call that is under way ends with `error`.
    void shut(std::error_code error) {
        if (const auto connector = connector_) connector->cancel();
        if (socket_) {
            std::error_code ignored;
            socket_->close(ignored);
            socket_.reset();
        }
        outbox_.clear();
        queued_bytes_ = 0;
        for (auto* queue : {&queued_, &sending_, &waiting_, &receivers_}) {
            const auto calls = std::exchange(*queue, {});
            for (const Shared& operation : calls) finish(operation, error);
        }
        if (const auto closing = std::exchange(closing_, nullptr))
            finish(closing, error == errc::connection_closed ? std::error_code() : error);
    }

private:
    using Socket = typename Transport::Socket;
    using Stream = typename Transport::Stream;
    using Loop = AsyncLoop<Transport>;
    using Connector = AsyncConnector<Transport>;
    using Queue = std::deque<Shared>;

    static constexpr std::size_t buffer_size = 16 * 1024;

    // Beginning and ending a call.

    void connect(const Shared& operation) {
        if (socket_ && write_error_ && waiting_count_ == 0) shut(write_error_);
        if (socket_ || connector_) return finish(operation, errc::already_connected);
        operation->step = ClientStep::connecting;
        const auto connector = std::make_shared<Connector>(executor(), options_);
        connector_ = connector;
        connector->start([self = this->shared_from_this(), operation](
                             std::error_code error, std::optional<Socket>& socket) {
            self->connector_.reset();
            if (!error) self->install(std::move(*socket));
            self->finish(operation, error);
        });
    }

    void install(Socket socket) {
        socket_.emplace(std::move(socket));
        inbox_.emplace(options_.max_message_bytes, framing_);
        unread_ = {};
        more_follows_ = has_half_closed_ = false;
        gathered_bytes_ = sent_bytes_ = 0;
        write_error_.clear();
    }

    void receive(const Shared& operation) {
        receivers_.push_back(operation);
        wait_for_bytes(operation, ClientStep::receiving);
        read_soon();
    }

    void wait_for_bytes(const Shared& operation, ClientStep step) {
        operation->step = step;
        count(*operation);
        arm(*operation, options_.receive_timeout);
    }

    void count(Operation& operation) noexcept {
        if (!std::exchange(operation.is_counted, true)) ++waiting_count_;
    }

    void arm(Operation& operation, std::chrono::milliseconds timeout) {
        operation.deadline = deadline_after(Transport::Clock::now(), timeout);
        loop_->look_at(operation, operation.deadline);
    }

    void finish(const Shared& operation, std::error_code error, std::string message = {}) {
        if (operation->step == ClientStep::done) return;
        operation->step = ClientStep::done;
        loop_->forget(*operation);
        if (operation->is_counted) --waiting_count_;
        operation->complete(error, std::move(message));
    }

    /// A call ends without its result. The others go on.
    void give_up(Operation& operation, std::error_code error) {
        if (operation.step == ClientStep::closing) return shut(error);
        Shared found;
        if (operation.step == ClientStep::queued) {
            found = take(queued_, operation);
            if (found) queued_bytes_ -= found->output.size();
        }
        if (!found) found = take(receivers_, operation);
        if (!found) found = find(sending_, operation);
        if (!found) found = find(waiting_, operation);
        if (found) finish(found, error);
        if (waiting_count_ == 0 && reading_ && socket_) {
            std::error_code ignored;
            socket_->cancel(ignored);  // a write under way comes back too, and is begun again
        }
    }

    static Shared find(const Queue& queue, const Operation& operation) {
        const auto is_it = [&](const Shared& one) { return one.get() == &operation; };
        const auto found = std::find_if(queue.begin(), queue.end(), is_it);
        return found == queue.end() ? nullptr : *found;
    }

    static Shared take(Queue& queue, const Operation& operation) {
        Shared found = find(queue, operation);
        if (found) queue.erase(std::find(queue.begin(), queue.end(), found));
        return found;
    }

    // Writing.

    [[nodiscard]] bool has_room(std::size_t size) const noexcept {
        const std::size_t pending = queued_bytes_ + outbox_.size();
        return pending == 0 || pending + size <= options_.max_pending_output_bytes;
    }

    static bool half_closes(const Operation& operation) noexcept {
        return operation.call == ClientCall::close ||
               operation.call == ClientCall::finish_sending ||
               (operation.call == ClientCall::request && F::is_stream);
    }

    /// Calls that are made in one turn of the loop go out with one write.
    void flush_soon() {
        if (std::exchange(flush_is_due_, true)) return;
        asio::post(executor(), [self = this->shared_from_this()] {
            self->flush_is_due_ = false;
            self->flush();
        });
    }

    void flush() {
        while (socket_ && !writing_ && !write_error_) {
            if (outbox_.empty()) gather();
            const std::string_view bytes = outbox_.front();
            if (bytes.empty()) break;
            std::error_code error;
            const std::size_t size =
                socket_->write_some(asio::buffer(bytes.data(), bytes.size()), error);
            if (error == asio::error::would_block) {
                write_later(bytes);
            } else if (error) {
                write_failed(error);
            } else {
                written(size);
            }
        }
        read_soon();
    }

    void gather() {
        for (const Shared& operation : std::exchange(queued_, {})) {
            outbox_.back().append(operation->output);
            gathered_bytes_ += operation->output.size();
            operation->ends_at = gathered_bytes_;
            operation->output = {};
            operation->step = ClientStep::sending;
            sending_.push_back(operation);
            if (operation->call != ClientCall::request) continue;
            waiting_.push_back(operation);
            count(*operation);
        }
        queued_bytes_ = 0;
        written(0);
    }

    void write_later(std::string_view bytes) {
        writing_ = true;
        socket_->async_write_some(
            asio::buffer(bytes.data(), bytes.size()),
            [self = this->shared_from_this()](std::error_code error, std::size_t size) {
                self->writing_ = false;
                if (!self->socket_) return;
                if (!error) {
                    self->written(size);
                } else if (error != asio::error::operation_aborted) {
                    self->write_failed(error);
                }
                self->flush();
            });
    }

    void written(std::size_t size) {
        outbox_.consume(size);
        sent_bytes_ += size;
        while (!sending_.empty() && sending_.front()->ends_at <= sent_bytes_) {
            const Shared operation = std::move(sending_.front());
            sending_.pop_front();
            on_sent(operation);
        }
    }

    void on_sent(const Shared& operation) {
        std::error_code ignored;  // a connection that failed shows when it is read
        if (half_closes(*operation)) socket_->shutdown(asio::socket_base::shutdown_send, ignored);
        if (operation->step == ClientStep::done) return;
        if (operation->call == ClientCall::request) {
            wait_for_bytes(operation, ClientStep::receiving);
        } else if (operation->call == ClientCall::close) {
            closing_ = operation;
            wait_for_bytes(operation, ClientStep::closing);
        } else {
            finish(operation, {});
        }
    }

    /// A server that refuses a message says so before it closes: requests may still be answered,
    /// and what it said be received.
    void write_failed(std::error_code error) {
        write_error_ = error;
        outbox_.clear();
        for (auto* queue : {&queued_, &sending_}) {
            const auto calls = std::exchange(*queue, {});
            for (const Shared& operation : calls)
                if (find(waiting_, *operation) == nullptr) finish(operation, error);
        }
    }

    // Reading.

    /// Hands over what is there, and reads on if somebody still waits.
    void read_soon() {
        deliver();
        if (reading_ || !socket_ || waiting_count_ == 0) return;
        if (!buffer_) buffer_.reset(new char[buffer_size]);
        reading_ = true;
        socket_->async_read_some(
            asio::buffer(buffer_.get(), buffer_size),
            [self = this->shared_from_this()](std::error_code error, std::size_t size) {
                self->reading_ = false;
                if (!self->socket_) return;
                if (error != asio::error::operation_aborted) self->on_read(error, size);
                self->read_soon();
            });
    }

    void on_read(std::error_code error, std::size_t size) {
        while (!error) {
            unread_ = {buffer_.get(), size};
            more_follows_ = size == buffer_size;
            deliver();
            if (!more_follows_ || !unread_.empty() || !socket_) return;
            size = socket_->read_some(asio::buffer(buffer_.get(), buffer_size), error);
        }
        if (error == asio::error::would_block) {
            more_follows_ = false;
        } else if (error == asio::error::eof) {
            on_end();
        } else {
            shut(write_error_ ? write_error_ : error);
        }
    }

    /// Hands messages over as long as somebody waits for one.
    void deliver() {
        if (reading_) return;
        do {
            if (!socket_ || waiting_count_ == 0) return;
            const InboxPart part = inbox_->next(unread_, more_follows_);
            if (part.kind == InboxPart::Kind::too_long) return shut(errc::message_too_long);
            hand_over(part);
        } while (!unread_.empty());
    }

    void hand_over(const InboxPart& part) {
        std::string_view message;
        if (part.kind == InboxPart::Kind::nothing || !inbox_->join(part, message)) return;
        Queue& queue = waiting_.empty() ? receivers_ : waiting_;
        if (queue.empty()) return;  // the client is closing and wants no more messages
        const Shared operation = std::move(queue.front());
        queue.pop_front();
        finish(operation, {}, std::string(message));
    }

    void on_end() {
        hand_over(inbox_->end_of_stream());
        shut(inbox_->in_message() ? errc::message_truncated : errc::connection_closed);
    }

    const ClientOptions options_;
    const F framing_;
    std::shared_ptr<Loop> loop_;
    std::shared_ptr<Connector> connector_;
    std::optional<Socket> socket_;
    std::optional<Inbox<F>> inbox_;
    Outbox outbox_;
    Queue queued_;
    Queue sending_;
    Queue waiting_;
    Queue receivers_;
    Shared closing_;
    std::unique_ptr<char[]> buffer_;
    std::string_view unread_;  ///< bytes in the buffer that no message was made of yet
    std::size_t queued_bytes_ = 0;
    std::uint64_t gathered_bytes_ = 0;  ///< the output stream's length with what is in the outbox
    std::uint64_t sent_bytes_ = 0;
    std::size_t waiting_count_ = 0;  ///< calls that bytes from the server may complete
    std::error_code write_error_;
    bool flush_is_due_ = false;
    bool writing_ = false;
    bool reading_ = false;
    bool more_follows_ = false;
    bool has_half_closed_ = false;
};

}  // namespace charcount::detail

#endif
