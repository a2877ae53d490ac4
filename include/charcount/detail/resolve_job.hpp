// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ResolveJob: asks the system's resolver without depending on when it answers.

#ifndef CHARCOUNT_DETAIL_RESOLVE_JOB_HPP
#define CHARCOUNT_DETAIL_RESOLVE_JOB_HPP

#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace charcount::detail {

/// The system's resolver can't be interrupted. So it is asked on a thread of its own, which is
/// left behind when the answer comes too late, and then tells nobody.
template <class Stream>
class ResolveJob : public std::enable_shared_from_this<ResolveJob<Stream>> {
public:
    using Endpoints = std::vector<typename Stream::Endpoint>;

    /// What the resolver said.
    struct Answer {
        Endpoints endpoints;
        std::error_code error;
    };

    /// Asks, and calls `tell` on the other thread unless the job was abandoned by then.
    void start(const ClientOptions& options, std::function<void(Answer)> tell) {
        tell_ = std::move(tell);
        std::thread([self = this->shared_from_this(), options] {
            Answer answer;
            answer.endpoints = Stream::resolve(options, answer.error);
            const std::lock_guard lock(self->mutex_);
            if (self->tell_) self->tell_(std::move(answer));
        }).detach();
    }

    /// After this nobody is told.
    void abandon() {
        const std::lock_guard lock(mutex_);
        tell_ = nullptr;
    }

private:
    std::mutex mutex_;
    std::function<void(Answer)> tell_;
};

/// Resolves within `options.resolve_timeout`.
template <class Stream>
[[nodiscard]] typename ResolveJob<Stream>::Endpoints resolve_in_time(const ClientOptions& options,
                                                                     std::error_code& error) {
    if (!Stream::resolves_slowly(options)) return Stream::resolve(options, error);
    using Job = ResolveJob<Stream>;
    struct Waiting {
        std::mutex mutex;
        std::condition_variable answered;
        typename Job::Answer answer{.endpoints = {}, .error = errc::resolve_timed_out};
        bool is_answered = false;
    };
    const auto waiting = std::make_shared<Waiting>();
    const auto job = std::make_shared<Job>();
    job->start(options, [waiting](typename Job::Answer answer) {
        const std::lock_guard lock(waiting->mutex);
        waiting->answer = std::move(answer);
        waiting->is_answered = true;
        waiting->answered.notify_one();
    });
    std::unique_lock lock(waiting->mutex);
    const auto is_answered = [&] { return waiting->is_answered; };
    if (options.resolve_timeout.count() == 0) {
        waiting->answered.wait(lock, is_answered);
    } else {
        waiting->answered.wait_for(lock, options.resolve_timeout, is_answered);
    }
    error = waiting->answer.error;
    return waiting->answer.endpoints;
}

/// The part of the time left that the next of several addresses gets.
template <class TimePoint>
[[nodiscard]] TimePoint share_of_time(TimePoint now, TimePoint deadline,
                                      std::size_t addresses_left) noexcept {
    if (deadline == TimePoint::max()) return deadline;
    const auto left = deadline > now ? deadline - now : typename TimePoint::duration(0);
    return now + left / static_cast<typename TimePoint::rep>(addresses_left);
}

}  // namespace charcount::detail

#endif
