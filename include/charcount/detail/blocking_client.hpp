// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// BlockingClient: the client whose calls return when they are done, or too late.

#ifndef CHARCOUNT_DETAIL_BLOCKING_CLIENT_HPP
#define CHARCOUNT_DETAIL_BLOCKING_CLIENT_HPP

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/resolve_job.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/inbox.hpp>
#include <charcount/options.hpp>
#include <charcount/outbox.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace charcount::detail {

/// The blocking form of `charcount::Client`.
///
/// *Thread safety*: none; one thread at a time.
/// *Errors*: each call has a form that takes a `std::error_code` and one that throws a
/// `std::system_error` naming the operation and the server. After a deadline the connection is
/// still good: what was begun to be sent is completed first by the next call, and a reply that
/// comes late is not taken for that of a later request. After any other failure it is closed.
template <class Transport, Framing F>
class BlockingClient {
public:
    using Endpoint = typename Transport::Endpoint;

    /// Not connected yet.
    explicit BlockingClient(ClientOptions options, F framing = F())
        : options_(std::move(options)), framing_(std::move(framing)) {}

    /// Connects. *Throws*: `std::system_error`.
    BlockingClient(std::string host, std::uint16_t port, ClientOptions options = {},
                   F framing = F())
        : BlockingClient(std::move(options), std::move(framing)) {
        options_.host = std::move(host);
        options_.port = port;
        connect();
    }

    BlockingClient(const BlockingClient&) = delete;
    BlockingClient& operator=(const BlockingClient&) = delete;

    /// Finds the server's addresses and tries each in turn.
    void connect(std::error_code& error) {
        error = socket_ ? make_error_code(errc::already_connected) : std::error_code();
        if (error) return;
        const auto endpoints = resolve_in_time<Stream>(options_, error);
        const TimePoint deadline = deadline_after(Clock::now(), options_.connect_timeout);
        for (std::size_t i = 0; i < endpoints.size(); ++i) {
            try_endpoint(endpoints[i], share_of_time(Clock::now(), deadline, endpoints.size() - i),
                         error);
            if (!error) return;
        }
    }

    void connect() {
        std::error_code error;
        connect(error);
        throw_if(error, error == errc::resolve_timed_out || is_resolver_error(error)
                            ? "resolve"
                            : "connect to");
    }

    /// Sends a message and waits for its reply. With `UntilEofFraming` it half-closes after the
    /// message.
    std::string request(std::string_view message, std::error_code& error) {
        send(message, error);
        if (!error && F::is_stream) finish_sending(error);
        if (error == errc::not_connected) return {};
        if (error == errc::send_timed_out) {
            ++late_replies_;
            return {};
        }
        // A server that refuses a message says so, and may have closed before all was sent.
        const std::error_code send_error = error;
        std::string reply = receive(error);
        if (error == errc::receive_timed_out) ++late_replies_;
        if (error && send_error) error = send_error;
        return reply;
    }

    std::string request(std::string_view message) {
        std::error_code error;
        std::string reply = request(message, error);
        throw_if(error, "request to");
        return reply;
    }

    /// Sends a message. With `UntilEofFraming`: the next piece of the one message.
    void send(std::string_view message, std::error_code& error) {
        error = socket_ ? std::error_code() : make_error_code(errc::not_connected);
        if (error) return;
        F::encode(outbox_.back(), message);
        flush(error);
    }

    void send(std::string_view message) {
        std::error_code error;
        send(message, error);
        throw_if(error, "send to");
    }

    /// Half-closes: the server learns that no further message comes, and still can answer.
    void finish_sending(std::error_code& error) {
        error = socket_ ? std::error_code() : make_error_code(errc::not_connected);
        if (!error) flush(error);
        if (!error) socket_->shutdown(asio::socket_base::shutdown_send, error);
    }

    void finish_sending() {
        std::error_code error;
        finish_sending(error);
        throw_if(error, "finish sending to");
    }

    /// Waits for the next message from the server.
    std::string receive(std::error_code& error) {
        error = socket_ ? std::error_code() : make_error_code(errc::not_connected);
        if (error) return {};
        const TimePoint deadline = deadline_after(Clock::now(), options_.receive_timeout);
        std::string message;
        while (!take_message(message, error)) {
            bool is_at_end = false;
            if (!error) is_at_end = !read_more(deadline, error);
            if (error == errc::receive_timed_out) return {};
            if (is_at_end && take_last_message(message, error)) break;
            if (error) {
                close();
                return {};
            }
        }
        return message;
    }

    std::string receive() {
        std::error_code error;
        std::string message = receive(error);
        throw_if(error, "receive from");
        return message;
    }

    /// Closes the connection, if there is one. It may then be connected anew.
    void close() noexcept {
        if (!socket_) return;
        std::error_code ignored;
        socket_->close(ignored);
        socket_.reset();
    }

    [[nodiscard]] bool is_open() const noexcept { return socket_.has_value(); }

    /// The address of this side, or nothing while not connected.
    [[nodiscard]] Endpoint local_endpoint() const {
        std::error_code ignored;
        return socket_ ? socket_->local_endpoint(ignored) : Endpoint();
    }

    /// The address that answered, or nothing while not connected.
    [[nodiscard]] Endpoint remote_endpoint() const {
        std::error_code ignored;
        return socket_ ? socket_->remote_endpoint(ignored) : Endpoint();
    }

private:
    using Stream = typename Transport::Stream;
    using Socket = typename Transport::Socket;
    using Clock = typename Transport::Clock;
    using TimePoint = typename Clock::time_point;

    static constexpr std::size_t buffer_size = 64 * 1024;

    static bool is_resolver_error(const std::error_code& error) noexcept {
        return error.category() == asio::error::get_netdb_category() ||
               error.category() == asio::error::get_addrinfo_category();
    }

    void throw_if(const std::error_code& error, const char* operation) const {
        if (error)
            throw std::system_error(error,
                                    std::string(operation) + " " + Stream::describe(options_));
    }

    /// Asio's synchronous connect waits as long as the system does; its asynchronous one doesn't.
    void try_endpoint(const Endpoint& endpoint, TimePoint deadline, std::error_code& error) {
        Socket socket(context_);
        bool is_done = false;
        socket.async_connect(endpoint, [&](std::error_code result) {
            error = result;
            is_done = true;
        });
        context_.restart();
        if (deadline == TimePoint::max()) {
            context_.run();
        } else {
            context_.run_for(deadline - Clock::now());
        }
        if (!is_done) {
            socket.close(error);
            context_.restart();
            context_.run();
            error = errc::connect_timed_out;
        }
        if (!error) Stream::prepare(socket, error);
        if (error) return;
        socket_.emplace(std::move(socket));
        inbox_.emplace(options_.max_message_bytes, framing_);
        outbox_.clear();
        unread_ = {};
        late_replies_ = 0;
        more_follows_ = false;
    }

    void flush(std::error_code& error) {
        const TimePoint deadline = deadline_after(Clock::now(), options_.send_timeout);
        while (!outbox_.empty()) {
            const std::string_view bytes = outbox_.front();
            const std::size_t count =
                socket_->write_some(asio::buffer(bytes.data(), bytes.size()), error);
            if (!error) {
                outbox_.consume(count);
            } else if (error != asio::error::would_block) {
                return outbox_.clear();
            } else if (Stream::wait(*socket_, {.write = true}, nullptr, deadline).timed_out()) {
                error = errc::send_timed_out;
                return;
            }
        }
        error.clear();
    }

    /// Takes the next message out of what was read; false when more must be read.
    bool take_message(std::string& message, std::error_code& error) {
        do {
            const InboxPart part = inbox_->next(unread_, more_follows_);
            if (part.kind == InboxPart::Kind::too_long) {
                error = errc::message_too_long;
                return false;
            }
            if (join(part, message)) return true;
        } while (!unread_.empty());
        return false;
    }

    /// Takes the message that the end of the stream completes, if there is one, and closes.
    bool take_last_message(std::string& message, std::error_code& error) {
        const bool is_whole = join(inbox_->end_of_stream(), message);
        if (!is_whole)
            error = inbox_->in_message() ? errc::message_truncated : errc::connection_closed;
        close();
        return is_whole;
    }

    bool join(const InboxPart& part, std::string& message) {
        std::string_view whole;
        if (part.kind == InboxPart::Kind::nothing || !inbox_->join(part, whole)) return false;
        if (late_replies_ > 0) {
            --late_replies_;
            return false;
        }
        message.assign(whole);
        return true;
    }

    /// Reads once, waiting if there is nothing; false at the end of the stream.
    bool read_more(TimePoint deadline, std::error_code& error) {
        if (!buffer_) buffer_.reset(new char[buffer_size]);
        while (true) {
            const std::size_t count =
                socket_->read_some(asio::buffer(buffer_.get(), buffer_size), error);
            const bool would_block = error == asio::error::would_block;
            if (!error || (would_block && more_follows_)) {
                error.clear();
                unread_ = {buffer_.get(), count};
                more_follows_ = count == buffer_size;  // if nothing followed, the message is whole
                return true;
            }
            if (!would_block) {
                if (error == asio::error::eof) error.clear();
                return static_cast<bool>(error);
            }
            error.clear();
            if (Stream::wait(*socket_, {.read = true}, nullptr, deadline).timed_out()) {
                error = errc::receive_timed_out;
                return true;
            }
        }
    }

    ClientOptions options_;
    F framing_;
    asio::io_context context_{1};
    std::optional<Socket> socket_;
    std::optional<Inbox<F>> inbox_;
    Outbox outbox_;
    std::unique_ptr<char[]> buffer_;
    std::string_view unread_;         ///< bytes in the buffer that no message was made of yet
    std::uint64_t late_replies_ = 0;  ///< replies to requests that have timed out
    bool more_follows_ = false;
};

}  // namespace charcount::detail

#endif
