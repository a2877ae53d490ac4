// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// ResolveJob: asks the system's resolver without depending on when it answers.

#ifndef CHARCOUNT_DETAIL_RESOLVE_JOB_HPP
#define CHARCOUNT_DETAIL_RESOLVE_JOB_HPP

#include <asio/error.hpp>
#include <charcount/detail/session_deadlines.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
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

    /// Asks, and calls `tell` on the other thread unless the job was abandoned by then; on this
    /// one when the system has no thread to give.
    void start(const ClientOptions& options, std::function<void(Answer)> tell) {
        tell_ = std::move(tell);
        try {
            std::thread([self = this->shared_from_this(), options] {
                self->answer(ask(options));
            }).detach();
        } catch (const std::system_error& failure) {
            answer({.endpoints = {}, .error = failure.code()});
        }
    }

    /// After this nobody is told.
    void abandon() {
        const std::lock_guard lock(mutex_);
        tell_ = nullptr;
    }

    /// Asks here and now. Every answer has an address or an error.
    [[nodiscard]] static Answer ask(const ClientOptions& options) {
        Answer answer;
        answer.endpoints = Stream::resolve(options, answer.error);
        if (answer.endpoints.empty() && !answer.error) answer.error = asio::error::host_not_found;
        return answer;
    }

private:
    void answer(Answer answer) {
        const std::lock_guard lock(mutex_);
        if (tell_) tell_(std::move(answer));
    }

    std::mutex mutex_;
    std::function<void(Answer)> tell_;
};

/// Resolves within `options.resolve_timeout`.
template <class Stream>
[[nodiscard]] typename ResolveJob<Stream>::Answer resolve_in_time(const ClientOptions& options) {
    using Job = ResolveJob<Stream>;
    if (!Stream::resolves_slowly(options)) return Job::ask(options);
    struct Waiting {
        std::mutex mutex;
        std::condition_variable answered;
        std::optional<typename Job::Answer> answer;
    };
    const auto waiting = std::make_shared<Waiting>();
    std::make_shared<Job>()->start(options, [waiting](typename Job::Answer answer) {
        const std::lock_guard lock(waiting->mutex);
        waiting->answer = std::move(answer);
        waiting->answered.notify_one();
    });
    std::unique_lock lock(waiting->mutex);
    const auto is_answered = [&] { return waiting->answer.has_value(); };
    const auto deadline = deadline_after(std::chrono::steady_clock::now(), options.resolve_timeout);
    if (deadline == std::chrono::steady_clock::time_point::max()) {
        waiting->answered.wait(lock, is_answered);
    } else if (!waiting->answered.wait_until(lock, deadline, is_answered)) {
        return {.endpoints = {}, .error = errc::resolve_timed_out};
    }
    return std::move(*waiting->answer);
}

}  // namespace charcount::detail

#endif
