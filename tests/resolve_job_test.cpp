// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Tests of ResolveJob: a resolver that takes long is left behind, and its late answer is nothing.

#include <doctest/doctest.h>

#include <pthread.h>

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <atomic>
#include <charcount/detail/resolve_job.hpp>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <charcount/transport/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <support/events.hpp>
#include <support/fake_names.hpp>
#include <support/timing.hpp>
#include <system_error>
#include <thread>

namespace {

using charcount::ClientOptions;
using charcount::errc;
using charcount::detail::resolve_in_time;
using charcount::detail::ResolveJob;
using charcount::test::check_takes;
using charcount::test::ListedNames;
using charcount::test::Log;
using charcount::test::SlowNames;
using namespace std::chrono_literals;

using Job = ResolveJob<SlowNames>;

ClientOptions options_of(const std::string& host, std::chrono::milliseconds timeout = 10s) {
    ClientOptions options;
    options.host = host;
    options.port = 7;
    options.resolve_timeout = timeout;
    return options;
}

// No thread can be made while it lives: each would need a larger stack than there is memory.
class NoThreads {
public:
    NoThreads() {
        ::pthread_attr_t attributes{};
        ::pthread_getattr_default_np(&attributes);
        ::pthread_attr_getstacksize(&attributes, &before_);
        set(std::size_t{1} << 46U);
    }
    ~NoThreads() { set(before_); }
    NoThreads(const NoThreads&) = delete;
    NoThreads& operator=(const NoThreads&) = delete;

private:
    static void set(std::size_t stack_size) {
        ::pthread_attr_t attributes{};
        ::pthread_attr_init(&attributes);
        ::pthread_attr_setstacksize(&attributes, stack_size);
        ::pthread_setattr_default_np(&attributes);
        ::pthread_attr_destroy(&attributes);
    }

    std::size_t before_ = 0;
};

TEST_CASE("the answer is told on another thread") {
    SlowNames::Hold names;
    Log<Job::Answer> answers;
    std::atomic<std::thread::id> thread;
    const auto job = std::make_shared<Job>();
    job->start(options_of("127.0.0.1"), [&](Job::Answer answer) {
        thread = std::this_thread::get_id();
        answers.add(std::move(answer));
    });
    CHECK(answers.entries().empty());
    names.answer();
    const auto told = answers.wait_for(1);
    REQUIRE(told.size() == 1);
    CHECK_FALSE(told[0].error);
    REQUIRE(told[0].endpoints.size() == 1);
    CHECK(told[0].endpoints[0].port() == 7);
    CHECK(thread.load() != std::this_thread::get_id());
}

TEST_CASE("an error is told like an answer") {
    SlowNames::Hold names;
    names.answer();
    Log<Job::Answer> answers;
    const auto job = std::make_shared<Job>();
    job->start(options_of("no.such.host.invalid"),
               [&](Job::Answer answer) { answers.add(std::move(answer)); });
    const auto told = answers.wait_for(1);
    REQUIRE(told.size() == 1);
    CHECK(told[0].error);
    CHECK(told[0].endpoints.empty());
}

TEST_CASE("after a job was abandoned nobody is told, and nothing is kept") {
    SlowNames::Hold names;
    const auto kept = std::make_shared<int>();
    std::weak_ptr<Job> weak_job;
    {
        const auto job = std::make_shared<Job>();
        weak_job = job;
        job->start(options_of("127.0.0.1"), [kept](Job::Answer) { ++*kept; });
        names.wait_for_questions();
        job->abandon();
    }
    CHECK(kept.use_count() == 1);
    names.answer();
    CHECK(charcount::test::eventually([&] { return weak_job.expired(); }));
    CHECK(*kept == 0);
}

TEST_CASE("a job that can have no thread tells so") {
    SlowNames::Hold names;
    Log<Job::Answer> answers;
    const auto job = std::make_shared<Job>();
    {
        const NoThreads now;
        job->start(options_of("127.0.0.1"),
                   [&](Job::Answer answer) { answers.add(std::move(answer)); });
    }
    const auto told = answers.entries();
    REQUIRE(told.size() == 1);
    CHECK(told[0].error == std::errc::resource_unavailable_try_again);
    CHECK(told[0].endpoints.empty());
}

TEST_CASE("a name is resolved within its deadline, or not at all") {
    SlowNames::Hold names;
    SUBCASE("in time") {
        names.answer();
        const auto answer = resolve_in_time<SlowNames>(options_of("127.0.0.1"));
        CHECK_FALSE(answer.error);
        CHECK(answer.endpoints.size() == 1);
    }
    SUBCASE("too late") {
        check_takes(100ms, [] {
            const auto answer = resolve_in_time<SlowNames>(options_of("127.0.0.1", 100ms));
            CHECK(answer.error == errc::resolve_timed_out);
            CHECK(answer.endpoints.empty());
        });
        names.wait_for_questions();
    }
    SUBCASE("without a deadline") {
        std::thread answering([&] {
            names.wait_for_questions();
            names.answer();
        });
        const auto answer = resolve_in_time<SlowNames>(options_of("127.0.0.1", 0ms));
        answering.join();
        CHECK_FALSE(answer.error);
        CHECK(answer.endpoints.size() == 1);
    }
    SUBCASE("not at all without a thread") {
        const NoThreads now;
        const auto answer = resolve_in_time<SlowNames>(options_of("127.0.0.1"));
        CHECK(answer.error == std::errc::resource_unavailable_try_again);
    }
}

TEST_CASE("what needs no resolver is answered without a thread") {
    const NoThreads now;
    CHECK(resolve_in_time<charcount::Tcp>(options_of("127.0.0.1")).endpoints.size() == 1);
    CHECK(resolve_in_time<charcount::Tcp>(options_of("::1")).endpoints.size() == 1);
    CHECK(resolve_in_time<charcount::Tcp>(options_of("localhost")).endpoints.size() == 2);
}

TEST_CASE("an answer without an address is an error") {
    ListedNames::addresses = {};
    const auto answer = resolve_in_time<ListedNames>(options_of("name"));
    CHECK(answer.error == asio::error::host_not_found);
}

}  // namespace
