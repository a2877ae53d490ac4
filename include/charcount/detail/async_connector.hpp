// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// AsyncConnector: from the name of a server to a connected socket.

#ifndef CHARCOUNT_DETAIL_ASYNC_CONNECTOR_HPP
#define CHARCOUNT_DETAIL_ASYNC_CONNECTOR_HPP

#include <asio/error.hpp>
#include <asio/post.hpp>
#include <charcount/detail/connect_attempts.hpp>
#include <charcount/detail/resolve_job.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace charcount::detail {

/// Resolves, then tries each address in turn; each step has its deadline.
///
/// *Thread safety*: none; all on its executor.
template <class Transport>
class AsyncConnector : public std::enable_shared_from_this<AsyncConnector<Transport>> {
public:
    using Executor = typename Transport::Executor;
    using Socket = typename Transport::Socket;
    using Stream = typename Transport::Stream;
    using Done = std::function<void(std::error_code, std::optional<Socket>&)>;

    AsyncConnector(const Executor& executor, const ClientOptions& options)
        : executor_(executor), options_(options), timer_(executor) {}

    /// Calls `done` once, with a socket or an error; possibly within this call.
    void start(Done done) {
        done_ = std::move(done);
        if (!Stream::resolves_slowly(options_)) {
            Answer answer;
            answer.endpoints = Stream::resolve(options_, answer.error);
            return on_resolved(std::move(answer));
        }
        job_ = std::make_shared<ResolveJob<Stream>>();
        job_->start(options_, [self = this->shared_from_this()](Answer answer) {
            asio::post(self->executor_, [self, answer = std::move(answer)]() mutable {
                self->on_resolved(std::move(answer));
            });
        });
        set_deadline(deadline_after(Clock::now(), options_.resolve_timeout),
                     [](AsyncConnector& self) { self.finish(errc::resolve_timed_out); });
    }

    /// Ends with `asio::error::operation_aborted`.
    void cancel() { finish(asio::error::operation_aborted); }

private:
    using Clock = typename Transport::Clock;
    using TimePoint = typename Clock::time_point;
    using Answer = typename ResolveJob<Stream>::Answer;

    void on_resolved(Answer answer) {
        if (!done_) return;
        if (answer.error) return finish(answer.error);
        endpoints_ = std::move(answer.endpoints);
        deadline_ = deadline_after(Clock::now(), options_.connect_timeout);
        try_next();
    }

    void try_next() {
        const std::size_t attempt = next_++;
        socket_.emplace(executor_);
        socket_->async_connect(endpoints_[attempt],
                               [self = this->shared_from_this(), attempt](std::error_code error) {
                                   self->on_connected(attempt, error);
                               });
        set_deadline(share_of_time(Clock::now(), deadline_, endpoints_.size() - attempt),
                     [attempt](AsyncConnector& self) {
                         self.on_connected(attempt, errc::connect_timed_out);
                     });
    }

    /// The attempt has ended: by itself or by its deadline, whichever comes first.
    void on_connected(std::size_t attempt, std::error_code error) {
        if (!done_ || attempt + 1 != next_) return;
        if (!error) Stream::prepare(*socket_, error);
        if (error && next_ < endpoints_.size()) return try_next();
        finish(error);
    }

    template <class Task>
    void set_deadline(TimePoint when, Task task) {
        if (!done_) return;
        timer_.expires_at(when);
        if (when == TimePoint::max()) return;
        timer_.async_wait([self = this->shared_from_this(), task](std::error_code error) {
            if (!error && self->done_) task(*self);
        });
    }

    void finish(std::error_code error) {
        if (!done_) return;
        const auto keep = this->shared_from_this();
        const Done done = std::exchange(done_, nullptr);
        timer_.cancel();
        if (job_) job_->abandon();
        if (error) socket_.reset();
        done(error, socket_);
    }

    Executor executor_;
    ClientOptions options_;
    typename Transport::Timer timer_;
    std::shared_ptr<ResolveJob<Stream>> job_;
    typename ResolveJob<Stream>::Endpoints endpoints_;
    std::size_t next_ = 0;
    TimePoint deadline_{};
    std::optional<Socket> socket_;
    Done done_;
};

}  // namespace charcount::detail

#endif
