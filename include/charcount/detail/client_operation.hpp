// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ClientOperation: one call of an asynchronous client, from its begin to its completion.

#ifndef CHARCOUNT_DETAIL_CLIENT_OPERATION_HPP
#define CHARCOUNT_DETAIL_CLIENT_OPERATION_HPP

#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/bind_allocator.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <atomic>
#include <charcount/byte_buffer.hpp>
#include <charcount/detail/async_loop.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace charcount::detail {

/// What a call asks for.
enum class ClientCall { connect, request, send, receive, finish_sending, close };

/// Where a call stands. A request goes from `sending` to `receiving`.
enum class ClientStep { begun, connecting, queued, sending, receiving, closing, done };

/// How calls complete: without a message, or with one.
using ClientDone = void(std::error_code);
using ClientReply = void(std::error_code, std::string);

/// What the client knows of a call; the handler is in the derived class.
///
/// *Lifetime*: shared by the client's queues. `core` is set and alive while a deadline is.
template <class Core>
class ClientOperation : public LoopTimed,
                        public std::enable_shared_from_this<ClientOperation<Core>> {
public:
    explicit ClientOperation(ClientCall what) noexcept : call(what) {}
    virtual ~ClientOperation() = default;
    ClientOperation(const ClientOperation&) = delete;
    ClientOperation& operator=(const ClientOperation&) = delete;

    void on_deadline() override { core->on_deadline(this->shared_from_this()); }

    /// Gives the result to the handler, through its executor, never within this call.
    virtual void complete(std::error_code error, std::string message) = 0;

    const ClientCall call;
    std::atomic<bool> is_cancelled = false;  ///< on any thread, at once; the rest comes later
    ClientStep step = ClientStep::begun;
    std::uint64_t closes_before = 0;      ///< how often the client had been closed when it began
    bool is_counted = false;              ///< among those that wait for bytes
    ByteBuffer output;                    ///< framed bytes that are not in the outbox yet
    std::uint64_t ends_at = 0;            ///< their end, as a position in the output stream
    typename Core::TimePoint deadline{};  ///< of the current step
    Core* core = nullptr;
};

/// A call with the handler that its user gave. It keeps both executors busy until it completes.
template <class Core, class Signature, class Handler>
class HandlerOperation final : public ClientOperation<Core> {
    using Executor = typename Core::Executor;

public:
    HandlerOperation(ClientCall what, Handler handler, const Executor& executor)
        : ClientOperation<Core>(what),
          work_(asio::get_associated_executor(handler, executor)),
          loop_work_(executor),
          handler_(std::move(handler)) {}

    [[nodiscard]] auto cancellation_slot() const noexcept {
        return asio::get_associated_cancellation_slot(handler_);
    }

    void complete(std::error_code error, std::string message) override {
        const auto executor = work_.get_executor();
        const auto allocator = asio::get_associated_allocator(handler_);
        // The slot belongs to the handler's executor, which need not be the client's.
        auto finish = [slot = cancellation_slot(), handler = std::move(handler_), error,
                       text = std::move(message)]() mutable {
            if (slot.is_connected()) slot.clear();
            if constexpr (std::is_same_v<Signature, ClientReply>) {
                std::move(handler)(error, std::move(text));
            } else {
                std::move(handler)(error);
            }
        };
        asio::post(executor, asio::bind_allocator(allocator, std::move(finish)));
        work_.reset();
        loop_work_.reset();
    }

private:
    asio::executor_work_guard<asio::associated_executor_t<Handler, Executor>> work_;
    asio::executor_work_guard<Executor> loop_work_;
    Handler handler_;
};

}  // namespace charcount::detail

#endif
