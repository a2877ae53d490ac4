// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ClientConnection: writes what an asynchronous client has to send, reads while it waits.

#ifndef CHARCOUNT_DETAIL_CLIENT_CONNECTION_HPP
#define CHARCOUNT_DETAIL_CLIENT_CONNECTION_HPP

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/socket_base.hpp>
#include <charcount/detail/client_inbox.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/framing.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// The socket of one connection after the other. It knows no calls: its client does.
///
/// `Client` derives from it, and has the members
/// - `next_output()`: bytes to write, unmoved until `on_written(size)` was told of all of them;
/// - `on_write_failed(error)`: no more is written; what the server has said can still be read;
/// - `is_waiting()`: whether messages are wanted. What nobody wants stays in the socket;
/// - `on_message(text)`; `on_ended(error)`: nothing more can be read;
/// - `executor()`, and `self()`, a shared pointer to it.
///
/// *Thread safety*: none; all on the client's executor.
template <class Client, class Transport, Framing F>
class ClientConnection {
public:
    using Socket = typename Transport::Socket;

    [[nodiscard]] const std::optional<Socket>& socket() const noexcept { return socket_; }

    /// Whether messages may be sent, as far as is known.
    [[nodiscard]] bool is_open() const noexcept { return socket_ && !write_error_; }

protected:
    ClientConnection() = default;
    ~ClientConnection() = default;

    [[nodiscard]] const std::error_code& write_error() const noexcept { return write_error_; }

    /// Takes a connected socket over.
    void open(Socket socket, std::uint64_t max_message_bytes, const F& framing) {
        socket_.emplace(std::move(socket));
        inbox_.emplace(buffer_size, max_message_bytes, framing);
        write_error_.clear();
        ++connection_;
    }

    void close_socket() {
        if (!socket_) return;
        std::error_code ignored;
        socket_->cancel(ignored);  // under Wine a close alone leaves a write waiting for the server
        socket_->close(ignored);
        socket_.reset();
    }

    /// The server learns that nothing more comes. (A failure of that shows when it is read.)
    void half_close() {
        std::error_code ignored;
        socket_->shutdown(asio::socket_base::shutdown_send, ignored);
    }

    /// What is there to write in one turn of the loop goes out with one write.
    void flush_soon() {
        if (std::exchange(flush_is_due_, true)) return;
        asio::post(client().executor(), [self = client().self()] {
            self->flush_is_due_ = false;
            self->flush();
        });
    }

    /// Hands over what is there, and reads on if somebody still waits.
    void read_soon() {
        for (int reads = 0; may_read(); ++reads) {
            deliver();
            if (!may_read()) return;
            if (!inbox_->more_follows()) return read_later();
            if (reads == reads_in_one_turn) return read_in_next_turn();
            std::error_code error;
            const std::size_t size = socket_->read_some(inbox_->space(), error);
            if (error == asio::error::would_block) error.clear();
            on_read(error, size);
        }
    }

    /// Gives a read up that nobody waits for any more.
    void stop_reading() {
        if (!socket_ || !reading_ || client().is_waiting()) return;
        std::error_code ignored;
        socket_->cancel(ignored);  // a write under way comes back too, and is begun again
    }

private:
    static constexpr std::size_t buffer_size = 16 * 1024;
    static constexpr int reads_in_one_turn = 16;

    Client& client() noexcept { return static_cast<Client&>(*this); }

    /// Whether what was begun on a connection is still of use.
    [[nodiscard]] bool is_current(std::uint64_t connection, std::error_code error) const noexcept {
        return socket_ && connection == connection_ && error != asio::error::operation_aborted;
    }

    void flush() {
        while (socket_ && !writing_ && !write_error_) {
            const std::string_view bytes = client().next_output();
            if (bytes.empty()) break;
            std::error_code error;
            const std::size_t size =
                socket_->write_some(asio::buffer(bytes.data(), bytes.size()), error);
            if (error == asio::error::would_block) {
                write_later(bytes);
            } else {
                on_write(error, size);
            }
        }
        read_soon();
    }

    void write_later(std::string_view bytes) {
        writing_ = true;
        auto done = [self = client().self(), connection = connection_](std::error_code error,
                                                                       std::size_t size) {
            self->writing_ = false;
            if (self->is_current(connection, error)) self->on_write(error, size);
            self->flush();
        };
        socket_->async_write_some(asio::buffer(bytes.data(), bytes.size()), std::move(done));
    }

    void on_write(std::error_code error, std::size_t size) {
        if (!error) return client().on_written(size);
        write_error_ = error;
        client().on_write_failed(error);
    }

    [[nodiscard]] bool may_read() { return socket_ && !reading_ && client().is_waiting(); }

    void read_later() {
        reading_ = true;
        auto done = [self = client().self(), connection = connection_](std::error_code error,
                                                                       std::size_t size) {
            self->reading_ = false;
            if (self->is_current(connection, error)) self->on_read(error, size);
            self->read_soon();
        };
        socket_->async_read_some(inbox_->space(), std::move(done));
    }

    /// Others on the loop have their turn; deadlines among them.
    void read_in_next_turn() {
        reading_ = true;
        asio::post(client().executor(), [self = client().self()] {
            self->reading_ = false;
            self->read_soon();
        });
    }

    void on_read(std::error_code error, std::size_t size) {
        if (!error) return inbox_->fill(size);
        std::string message;
        if (error == asio::error::eof && inbox_->last(message, error)) {
            client().on_message(std::move(message));
            error = errc::connection_closed;
        }
        client().on_ended(write_error_ ? write_error_ : error);
    }

    /// Hands messages over as long as somebody waits for one.
    void deliver() {
        std::string message;
        std::error_code error;
        while (may_read() && inbox_->next(message, error)) client().on_message(std::move(message));
        if (error) client().on_ended(error);
    }

    std::optional<Socket> socket_;
    std::optional<ClientInbox<F>> inbox_;
    std::uint64_t connection_ = 0;  ///< tells one connection from the next
    std::error_code write_error_;
    bool flush_is_due_ = false;
    bool writing_ = false;
    bool reading_ = false;
};

}  // namespace charcount::detail

#endif
