// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// BlockingClient: the client whose calls return when they are done, or too late.

#ifndef CHARCOUNT_DETAIL_BLOCKING_CLIENT_HPP
#define CHARCOUNT_DETAIL_BLOCKING_CLIENT_HPP

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/blocking_connector.hpp>
#include <charcount/detail/client_inbox.hpp>
#include <charcount/detail/poll.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/options.hpp>
#include <charcount/outbox.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// The blocking form of `charcount::Client`.
///
/// *Thread safety*: none; one thread at a time.
/// *Errors*: each call has a form that takes a `std::error_code` and one that throws a
/// `std::system_error` naming the operation and the server. After a deadline the connection is
/// still good: what was begun to be sent is completed first by the next call, and a reply that
/// comes late is not taken for that of a later request. After any other failure it is closed;
/// where that was one to send, `receive` still gives what the server has said.
template <class Transport, Framing F>
class BlockingClient {
public:
    using Endpoint = typename Transport::Endpoint;  ///< an address, as Asio has it

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
        error = is_open() ? make_error_code(errc::already_connected) : std::error_code();
        if (error) return;
        close();
        socket_ = connector_.connect(options_, error);
        inbox_.emplace(buffer_size, options_.max_message_bytes, framing_);
        outbox_.clear();
        late_replies_ = 0;
        has_finished_ = is_broken_ = false;
    }

    /// As above, with an exception instead of an error.
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
        if (!begin_to_send(message, error)) return {};
        if (!error && F::is_stream) finish_sending(error);
        if (error == errc::send_timed_out) {
            expect_late_reply();
            return {};
        }
        // A server that refuses a message says so, and may have closed before all was sent.
        const std::error_code send_error = error;
        std::string reply = receive(error);
        if (error == errc::receive_timed_out) expect_late_reply();
        if (error && send_error) error = send_error;
        return reply;
    }

    /// As above, with an exception instead of an error.
    std::string request(std::string_view message) {
        std::error_code error;
        std::string reply = request(message, error);
        throw_if(error, "request to");
        return reply;
    }

    /// Sends a message. With `UntilEofFraming`: the next piece of the one message.
    void send(std::string_view message, std::error_code& error) { begin_to_send(message, error); }

    /// As above, with an exception instead of an error.
    void send(std::string_view message) {
        std::error_code error;
        send(message, error);
        throw_if(error, "send to");
    }

    /// Half-closes: the server learns that no further message comes, and still can answer.
    void finish_sending(std::error_code& error) {
        error = is_open() ? std::error_code() : make_error_code(errc::not_connected);
        if (!error) flush(send_deadline(), error);
        if (error || std::exchange(has_finished_, true)) return;
        socket_->shutdown(asio::socket_base::shutdown_send, error);
        is_broken_ = static_cast<bool>(error);
    }

    /// As above, with an exception instead of an error.
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
        bool is_late = false;  // bytes that trickle in don't renew the deadline
        std::string message;
        while (!take_message(message, error)) {
            if (!error && is_late) error = errc::receive_timed_out;
            if (!error) read_more(deadline, error);
            is_late = Clock::now() >= deadline;
            if (!error) continue;
            if (error == errc::receive_timed_out) return {};
            if (error == asio::error::eof) take_last_message(message, error);
            close();
            break;
        }
        return message;
    }

    /// As above, with an exception instead of an error.
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

    /// Whether messages may be sent, as far as is known.
    [[nodiscard]] bool is_open() const noexcept { return socket_ && !is_broken_; }

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
        using namespace asio::error;  // one by one: on Windows they are in the system's category
        return error == host_not_found || error == host_not_found_try_again || error == no_data ||
               error == no_recovery || error == service_not_found ||
               error == socket_type_not_supported;
    }

    void throw_if(const std::error_code& error, const char* operation) const {
        if (error)
            throw std::system_error(error,
                                    std::string(operation) + " " + Stream::describe(options_));
    }

    [[nodiscard]] TimePoint send_deadline() const {
        return deadline_after(Clock::now(), options_.send_timeout);
    }

    /// Sends a message, but none before all of the one before it is out. False: not begun.
    bool begin_to_send(std::string_view message, std::error_code& error) {
        error = is_open() ? std::error_code() : make_error_code(errc::not_connected);
        if (!error && has_finished_) error = asio::error::shut_down;
        const TimePoint deadline = send_deadline();
        if (!error) flush(deadline, error);
        if (error) return false;
        F::encode(outbox_.back(), message);
        flush(deadline, error);
        return true;
    }

    void flush(TimePoint deadline, std::error_code& error) {
        while (!outbox_.empty()) {
            const bool is_written = write_once(error);
            if (error || outbox_.empty()) return;
            if (!is_written) wait({.write = true}, deadline);
            if (Clock::now() < deadline) continue;
            error = errc::send_timed_out;
            return;
        }
    }

    /// Writes what the system takes; false when it is full.
    bool write_once(std::error_code& error) {
        const std::string_view bytes = outbox_.front();
        const std::size_t count =
            socket_->write_some(asio::buffer(bytes.data(), bytes.size()), error);
        if (!error) {
            outbox_.consume(count);
            return true;
        }
        if (error == asio::error::would_block) {
            error.clear();
        } else {
            outbox_.clear();
            is_broken_ = true;
        }
        return false;
    }

    Readiness wait(Interest interest, TimePoint deadline) {
        return Stream::wait(*socket_, interest, nullptr, deadline);
    }

    /// Takes the next message that is not a late reply; false when more must be read.
    bool take_message(std::string& message, std::error_code& error) {
        while (inbox_->next(message, error)) {
            if (late_replies_ == 0) return true;
            --late_replies_;
            message.clear();
        }
        return false;
    }

    void take_last_message(std::string& message, std::error_code& error) {
        error.clear();
        if (!inbox_->last(message, error) || late_replies_ == 0) return;
        message.clear();
        error = errc::connection_closed;
    }

    /// Reads once, waiting if there is nothing. What waits to be sent goes on meanwhile.
    void read_more(TimePoint deadline, std::error_code& error) {
        while (true) {
            const std::size_t count = socket_->read_some(inbox_->space(), error);
            if (error == asio::error::would_block && inbox_->more_follows()) error.clear();
            if (error != asio::error::would_block) return inbox_->fill(count);
            const Readiness ready = wait({.read = true, .write = !outbox_.empty()}, deadline);
            if (ready.writable && !outbox_.empty()) write_once(error);
            error.clear();  // a server that takes no more may still have said why
            if (ready.readable || Clock::now() < deadline) continue;
            error = errc::receive_timed_out;
            return;
        }
    }

    /// A stream has but one message, so its reply is not late for another.
    void expect_late_reply() noexcept {
        if (!F::is_stream) ++late_replies_;
    }

    ClientOptions options_;
    F framing_;
    BlockingConnector<Transport> connector_;
    std::optional<Socket> socket_;
    std::optional<ClientInbox<F>> inbox_;
    Outbox outbox_;
    std::uint64_t late_replies_ = 0;  ///< replies to come to requests that have timed out
    bool has_finished_ = false;       ///< half-closed
    bool is_broken_ = false;          ///< a write has failed
};

}  // namespace charcount::detail

#endif
