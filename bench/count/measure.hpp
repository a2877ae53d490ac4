// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The loops that are timed: the same for everything that counts.

#ifndef CHARCOUNT_BENCH_COUNT_MEASURE_HPP
#define CHARCOUNT_BENCH_COUNT_MEASURE_HPP

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "texts.hpp"

namespace charcount::bench {

/// What a function that counts returns for ill-formed text.
inline constexpr std::size_t ill_formed = SIZE_MAX;

/// One call, of whose message the compiler knows neither where it lies nor how long it is, and
/// whose result it has to make.
template <typename Call>
void call_once(const char* data, std::size_t size, const Call& call) {
    benchmark::DoNotOptimize(data);
    benchmark::DoNotOptimize(size);
    std::size_t result = call(std::string_view{data, size});
    benchmark::DoNotOptimize(result);
}

/// What `call` finds in all messages together, untimed.
template <typename Call>
[[nodiscard]] std::size_t total_of(const Messages& messages, const Call& call) {
    std::size_t total = 0;
    for (std::size_t i = 0; i < messages.amount(); ++i) {
        const char* message = messages.data() + i * messages.message_bytes();
        total += call(std::string_view{message, messages.message_bytes()});
    }
    return total;
}

/// Times calls of `call`, which takes a `string_view`, with one message after the other.
template <typename Call>
void time_calls(benchmark::State& state, const Messages& messages, const Call& call) {
    // Some last-level caches keep only what is read again.
    for (int pass = 0; pass < 2; ++pass) benchmark::DoNotOptimize(total_of(messages, call));

    const char* const begin = messages.data();
    const std::size_t size = messages.message_bytes();
    if (messages.amount() == 1) {  // nothing but the call, which may take a nanosecond
        for (auto _ : state) call_once(begin, size, call);
        return;
    }
    const char* const end = begin + messages.all_bytes();
    const char* message = begin;
    for (auto _ : state) {
        call_once(message, size, call);
        message += size;
        if (message == end) message = begin;
    }
}

/// The same for a function that counts code points, once it was seen to count well.
template <typename Count>
void time_counting(benchmark::State& state, const Messages& messages, const Count& count) {
    if (total_of(messages, count) == messages.code_points()) {
        time_calls(state, messages, count);
    } else {
        state.SkipWithError("wrong count");
    }
}

}  // namespace charcount::bench

#endif
