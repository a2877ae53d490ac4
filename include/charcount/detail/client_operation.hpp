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
#include <asio/cancellation_type.hpp>
#include <asio/dispatch.hpp>
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

template <class Executor, class TimePoint>
class ClientCalls;

/// What the client knows of a call; the handler is in the derived class.
///
/// *Lifetime*: shared by the client's queues. `calls` is set and alive while a deadline is.
template <class Executor, class TimePoint>
class ClientOperation : public LoopTimed,
                        public std::enable_shared_from_this<ClientOperation<Executor, TimePoint>> {
public:
    explicit ClientOperation(ClientCall what) noexcept : call(what) {}
    virtual ~ClientOperation() = default;
    ClientOperation(const ClientOperation&) = delete;
    ClientOperation& operator=(const ClientOperation&) = delete;

    void on_deadline() override { calls->on_deadline(this->shared_from_this()); }

    /// Gives the result to the handler, through its executor, never within this call.
    virtual void complete(std::error_code error, std::string message) = 0;

    const ClientCall call;
    std::atomic<bool> is_cancelled = false;  ///< on any thread, at once; the rest comes later
    ClientStep step = ClientStep::begun;
    std::uint64_t closes_before = 0;  ///< how often the client had been closed when it began
    bool is_counted = false;          ///< among those that wait for bytes
    ByteBuffer output;                ///< framed bytes that are not in the outbox yet
    std::uint64_t ends_at = 0;        ///< their end, as a position in the output stream
    TimePoint deadline{};             ///< of the current step
    ClientCalls<Executor, TimePoint>* calls = nullptr;
};

/// What begins, cancels and times calls: the client's core, whatever its framing and its sockets.
/// So what is compiled for each handler is compiled once for all of them.
///
/// *Thread safety*: `begin` and `cancel_soon` on any thread; the others on the executor.
template <class Executor, class TimePoint>
class ClientCalls : public std::enable_shared_from_this<ClientCalls<Executor, TimePoint>> {
public:
    using Operation = ClientOperation<Executor, TimePoint>;
    using Shared = std::shared_ptr<Operation>;

    explicit ClientCalls(const Executor& executor) : executor_(executor) {}
    ClientCalls(const ClientCalls&) = delete;
    ClientCalls& operator=(const ClientCalls&) = delete;

    [[nodiscard]] const Executor& executor() const noexcept { return executor_; }

    /// Begins a call whose `output` is set.
    void begin(const Shared& operation) {
        operation->closes_before = closes_;
        asio::dispatch(executor_,
                       [self = this->shared_from_this(), operation] { self->submit(operation); });
    }

    /// Ends a call early, with `asio::error::operation_aborted`.
    void cancel_soon(const Shared& operation) {
        operation->is_cancelled = true;
        asio::dispatch(executor_,
                       [self = this->shared_from_this(), operation] { self->cancel(operation); });
    }

    /// Called when the deadline of a call's step may have come.
    virtual void on_deadline(const Shared& operation) = 0;

protected:
    ~ClientCalls() = default;

    virtual void submit(const Shared& operation) = 0;
    virtual void cancel(const Shared& operation) = 0;

    /// How often the client was closed. Calls that begun before the last time have ended.
    [[nodiscard]] std::uint64_t closes() const noexcept { return closes_; }
    void count_close() noexcept { ++closes_; }

private:
    const Executor executor_;
    std::atomic<std::uint64_t> closes_ = 0;
};

/// A call with the handler that its user gave. It keeps both executors busy until it completes.
template <class Executor, class TimePoint, class Signature, class Handler>
class HandlerOperation final : public ClientOperation<Executor, TimePoint> {
public:
    HandlerOperation(ClientCall what, Handler handler, const Executor& executor)
        : ClientOperation<Executor, TimePoint>(what),
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

/// Cancels a call, if there still are the call and the client. The signal may come on the
/// handler's executor, which need not be the client's.
template <class Executor, class TimePoint>
struct ClientCancellation {
    std::weak_ptr<ClientCalls<Executor, TimePoint>> calls;
    std::weak_ptr<ClientOperation<Executor, TimePoint>> operation;

    void operator()(asio::cancellation_type type) const {
        const auto alive = calls.lock();
        const auto cancelled = operation.lock();
        if (alive && cancelled && type != asio::cancellation_type::none)
            alive->cancel_soon(cancelled);
    }
};

/// Makes the operation of a call and begins it; what `asio::async_initiate` calls.
template <class Executor, class TimePoint, class Signature>
struct ClientInitiation {
    template <class Handler>
    void operator()(Handler&& handler,
                    const std::shared_ptr<ClientCalls<Executor, TimePoint>>& calls, ClientCall call,
                    ByteBuffer output) const {
        const auto operation = std::make_shared<
            HandlerOperation<Executor, TimePoint, Signature, std::decay_t<Handler>>>(
            call, std::forward<Handler>(handler), calls->executor());
        operation->output = std::move(output);
        if (auto slot = operation->cancellation_slot(); slot.is_connected())
            slot.assign(ClientCancellation<Executor, TimePoint>{calls, operation});
        calls->begin(operation);
    }
};

}  // namespace charcount::detail

#endif
