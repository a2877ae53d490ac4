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
        if (!Stream::resolves_slowly(options_)) return on_resolved(Job::ask(options_));
        set_deadline(deadline_after(Clock::now(), options_.resolve_timeout),
                     [](AsyncConnector& self) { self.finish(errc::resolve_timed_out); });
        job_ = std::make_shared<Job>();
        job_->start(options_, [self = this->shared_from_this()](Answer answer) {
            asio::post(self->executor_, [self, answer = std::move(answer)]() mutable {
                self->on_resolved(std::move(answer));
            });
        });
    }

    /// Ends with `asio::error::operation_aborted`.
    void cancel() { finish(asio::error::operation_aborted); }

    /// Ends, and calls nobody.
    void abandon() {
        const auto keep = this->shared_from_this();
        const Done dropped = std::exchange(done_, nullptr);
        timer_.cancel();
        if (job_) job_->abandon();
    }

private:
    using Job = ResolveJob<Stream>;
    using Clock = typename Transport::Clock;
    using TimePoint = typename Clock::time_point;
    using Answer = typename Job::Answer;

    void on_resolved(Answer answer) {
        if (!done_) return;
        if (answer.error) return finish(answer.error);
        endpoints_ = std::move(answer.endpoints);
        deadline_ = deadline_after(Clock::now(), options_.connect_timeout);
        try_next();
    }

    void try_next() {
        attempt_deadline_ = share_of_time(Clock::now(), deadline_, endpoints_.size() - next_);
        ++next_;
        try_again();
    }

    void try_again() {
        socket_.emplace(executor_);
        const std::size_t attempt = ++attempts_;
        socket_->async_connect(endpoints_[next_ - 1],
                               [self = this->shared_from_this(), attempt](std::error_code error) {
                                   self->on_connected(attempt, error);
                               });
        set_deadline(attempt_deadline_, [attempt](AsyncConnector& self) {
            self.on_connected(attempt, errc::connect_timed_out);
        });
    }

    /// The attempt has ended: by itself or by its deadline, whichever comes first.
    void on_connected(std::size_t attempt, std::error_code error) {
        if (!done_ || attempt != attempts_) return;
        if (is_backlog_full(*socket_, error)) {
            const TimePoint now = Clock::now();
            if (now < attempt_deadline_)
                return set_deadline(next_try(now, attempt_deadline_),
                                    [](AsyncConnector& self) { self.try_again(); });
            error = errc::connect_timed_out;
        }
        if (!error) Stream::prepare(*socket_, error);
        if (!error) return finish(error);
        error_ = more_telling(error_, error);
        if (next_ < endpoints_.size()) return try_next();
        finish(error_);
    }

    template <class Task>
    void set_deadline(TimePoint when, Task task) {
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
    std::shared_ptr<Job> job_;
    typename Job::Endpoints endpoints_;
    std::size_t next_ = 0;      ///< the address to try when this one fails
    std::size_t attempts_ = 0;  ///< an address may be tried again
    TimePoint deadline_{};
    TimePoint attempt_deadline_{};
    std::optional<Socket> socket_;
    std::error_code error_;  ///< of the addresses that have failed
    Done done_;
};

}  // namespace charcount::detail

#endif
