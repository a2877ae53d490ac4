// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncClient: the client whose calls complete later.

#ifndef CHARCOUNT_DETAIL_ASYNC_CLIENT_HPP
#define CHARCOUNT_DETAIL_ASYNC_CLIENT_HPP

#include <asio/async_result.hpp>
#include <charcount/byte_buffer.hpp>
#include <charcount/detail/async_client_core.hpp>
#include <charcount/detail/client_operation.hpp>
#include <charcount/options.hpp>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// The asynchronous form of `charcount::Client`.
///
/// Every `async_` function takes any completion token. Calls may be made while others are under
/// way: requests are answered in the order in which they were made, each to its own caller.
///
/// *Thread safety*: calls may begin on any thread; all else happens on the executor, which is an
/// `io_context` run by one thread, or a strand. `close` and the destructor are called there, or
/// while the loop isn't run. *Lifetime*: the loop outlives the client. A client that is destroyed
/// ends its calls with `asio::error::operation_aborted`.
/// *Cancellation*: terminal, partial and total, per operation: the call ends with
/// `asio::error::operation_aborted`, the others go on. Bytes that were begun to be sent are sent.
/// The signal is emitted on the handler's executor, which need not be the client's.
/// *Errors*: `errc::send_timed_out`, `errc::receive_timed_out`: the call alone;
/// `errc::output_overflow`: too many bytes wait to be sent; `errc::connection_closed`,
/// `errc::message_truncated`, `errc::message_too_long` and those of the system: the connection
/// has ended, and with it every call. It may then be connected anew. Where sending failed, what
/// the server has said can still be received.
template <class Transport, Framing F>
class AsyncClient {
    using Core = AsyncClientCore<Transport, F>;

public:
    using Endpoint = typename Transport::Endpoint;  ///< an address, as Asio has it
    using Executor = typename Transport::Executor;  ///< the concrete type of the loop's

    /// A client on an executor of the user's. Not connected yet.
    explicit AsyncClient(const Executor& executor, ClientOptions options = {}, F framing = F())
        : core_(std::make_shared<Core>(executor, std::move(options), std::move(framing))) {}

    /// A client on a loop of the user's, which one thread runs.
    template <class Context>
    requires std::convertible_to<typename Context::executor_type, Executor>
    explicit AsyncClient(Context& context, ClientOptions options = {}, F framing = F())
        : AsyncClient(Executor(context.get_executor()), std::move(options), std::move(framing)) {}

    ~AsyncClient() { close(); }

    AsyncClient(const AsyncClient&) = delete;
    AsyncClient& operator=(const AsyncClient&) = delete;

    /// Finds the server's addresses and tries each in turn.
    ///
    /// *Completion signature*: `void(std::error_code)`.
    template <class Token>
    auto async_connect(Token&& token) {
        return start<ClientDone>(token, ClientCall::connect, {});
    }

    /// Sends a message; completes with its reply. With `UntilEofFraming` it half-closes after
    /// the message.
    ///
    /// *Completion signature*: `void(std::error_code, std::string)`.
    template <class Token>
    auto async_request(std::string_view message, Token&& token) {
        return start<ClientReply>(token, ClientCall::request, encode(message));
    }

    /// Sends a message; completes when the system has taken it. With `UntilEofFraming`: the next
    /// piece of the one message.
    ///
    /// *Completion signature*: `void(std::error_code)`.
    template <class Token>
    auto async_send(std::string_view message, Token&& token) {
        return start<ClientDone>(token, ClientCall::send, encode(message));
    }

    /// Completes with the next message that no request waits for.
    ///
    /// *Completion signature*: `void(std::error_code, std::string)`.
    template <class Token>
    auto async_receive(Token&& token) {
        return start<ClientReply>(token, ClientCall::receive, {});
    }

    /// Half-closes after all that was sent: the server can still answer.
    ///
    /// *Completion signature*: `void(std::error_code)`.
    template <class Token>
    auto async_finish_sending(Token&& token) {
        return start<ClientDone>(token, ClientCall::finish_sending, {});
    }

    /// Closes in an orderly way: sends what is queued, half-closes, waits for the server's end,
    /// for `receive_timeout` at most. Requests under way still get their replies. When it takes
    /// too long, it closes at once; when it is cancelled, it stays half-closed.
    ///
    /// *Completion signature*: `void(std::error_code)`.
    template <class Token>
    auto async_close(Token&& token) {
        return start<ClientDone>(token, ClientCall::close, {});
    }

    /// Closes at once. Calls under way end with `asio::error::operation_aborted`.
    void close() { core_->close(); }

    /// Whether messages may be sent, as far as is known.
    [[nodiscard]] bool is_open() const noexcept { return core_->is_open(); }

    /// The address of this side, or nothing while not connected.
    [[nodiscard]] Endpoint local_endpoint() const {
        std::error_code ignored;
        return core_->socket() ? core_->socket()->local_endpoint(ignored) : Endpoint();
    }

    /// The address that answered, or nothing while not connected.
    [[nodiscard]] Endpoint remote_endpoint() const {
        std::error_code ignored;
        return core_->socket() ? core_->socket()->remote_endpoint(ignored) : Endpoint();
    }

    /// Where all happens.
    [[nodiscard]] const Executor& get_executor() const noexcept { return core_->executor(); }

private:
    template <class Signature, class Token>
    auto start(Token& token, ClientCall call, ByteBuffer output) {
        return asio::async_initiate<Token, Signature>(
            ClientInitiation<Executor, typename Core::TimePoint, Signature>(), token,
            std::shared_ptr<typename Core::Calls>(core_), call, std::move(output));
    }

    static ByteBuffer encode(std::string_view message) {
        ByteBuffer output;
        F::encode(output, message);
        return output;
    }

    std::shared_ptr<Core> core_;
};

}  // namespace charcount::detail

#endif
