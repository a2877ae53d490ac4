// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What has to hold of every conversation, whatever arrives and however it is cut. Shared by the
// fuzzer and by the test that runs with fixed seeds.

#ifndef CHARCOUNT_TESTS_FUZZ_CHECK_CONVERSATION_HPP
#define CHARCOUNT_TESTS_FUZZ_CHECK_CONVERSATION_HPP

#include <algorithm>
#include <array>
#include <charcount/conversation.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <support/dice.hpp>
#include <support/fake_awaitable.hpp>
#include <support/splits.hpp>
#include <support/talk.hpp>
#include <utility>

namespace charcount::test {

/// The length of the longest message that handlers of a case were given.
using Longest = std::size_t;

struct FuzzCount : CharCountHandler {
    explicit FuzzCount(Longest*) {}
};

struct FuzzEcho {
    Longest* longest;
    std::string operator()(std::string_view message) const {
        *longest = std::max(*longest, message.size());
        return std::string(message);
    }
};

struct FuzzPieces {
    Longest* longest;
    std::size_t size = 0;
    std::size_t sum = 0;
    explicit FuzzPieces(Longest* where) : longest(where) {}
    void on_chunk(std::string_view piece) {
        size += piece.size();
        for (const char byte : piece) sum = sum * 31 + static_cast<unsigned char>(byte);
    }
    std::string on_end() {
        *longest = std::max(*longest, size);
        return std::to_string(std::exchange(size, 0)) + "/" +
               std::to_string(std::exchange(sum, 0) % 1000);
    }
};

struct FuzzLater {
    Longest* longest;
    FakeAwaitable<std::string> operator()(std::string_view message) const {
        *longest = std::max(*longest, message.size());
        return FakeAwaitable<std::string>(message);
    }
};

/// The first bytes of an input choose the case; the rest is what the peer sends.
struct FuzzCase {
    static constexpr std::size_t header_size = 6;

    std::size_t framing;
    std::size_t handler;
    ConversationOptions options;
    std::uint64_t seed;
    std::string_view stream;

    static FuzzCase of(std::string_view input) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
        constexpr std::array<std::uint64_t, 8> limits{0, 1, 2, 3, 5, 16, 300, 100'000};
        constexpr std::array<std::size_t, 6> marks{0, 1, 3, 20, 1000, 1'000'000};
        return {.framing = byte(0) % 4U,
                .handler = byte(1) % 4U,
                .options = {.max_message_bytes = limits[byte(2) % limits.size()],
                            .max_pending_output_bytes = marks[byte(3) % marks.size()],
                            .max_requests = byte(4) % 2 == 0 ? 0U : byte(4) % 7U},
                .seed = byte(5),
                .stream = input.substr(header_size)};
    }
};

/// One run of a case; `problem` says what is wrong, if anything is.
struct FuzzRun {
    Ended ended = {};
    std::string problem = {};
};

/// Completes the work of a handler that is awaited.
template <class Talk>
void complete_work(Talk& conversation) {
    if constexpr (requires { conversation.work(); }) {
        if (!conversation.is_awaiting()) return;
        const auto work = conversation.work().take();
        conversation.complete(std::string(work.message()));
    }
}

template <class Talk>
void write_some(Talk& conversation, std::size_t most, std::string& sent) {
    const std::string_view bytes = conversation.output().substr(0, most);
    sent += bytes;
    conversation.consume(bytes.size());
}

/// All at once: one read, and a peer that takes all.
template <class F, class H>
[[nodiscard]] FuzzRun run_whole(const FuzzCase& fuzz) {
    Longest longest = 0;
    ConversationOptions options = fuzz.options;
    options.max_pending_output_bytes = std::string::npos;
    Conversation<H, F> conversation(H{&longest}, options);
    conversation.open();
    read(conversation, fuzz.stream, true);
    conversation.end_of_stream();
    while (conversation.is_awaiting()) complete_work(conversation);

    FuzzRun run;
    run.ended.output = written(conversation);
    if (!conversation.finished()) run.problem = "a whole conversation does not finish";
    if (longest > fuzz.options.max_message_bytes) run.problem = "a message is over the limit";
    conversation.close();
    run.ended.error = conversation.error();
    run.ended.messages = conversation.messages();
    return run;
}

/// In random pieces, to a peer that takes random pieces.
template <class F, class H>
[[nodiscard]] FuzzRun run_in_pieces(const FuzzCase& fuzz) {
    // One reply of any size may go over the mark.
    const std::size_t most_pending = fuzz.options.max_pending_output_bytes +
                                     static_cast<std::size_t>(*fuzz.options.max_message_bytes) +
                                     100;
    Dice dice(fuzz.seed);
    Longest longest = 0;
    FuzzRun run;
    Conversation<H, F> conversation(H{&longest}, fuzz.options);
    conversation.open();
    std::string_view unread = fuzz.stream;
    std::size_t steps_left = 1000 + 1000 * fuzz.stream.size();
    while (!conversation.finished() && run.problem.empty()) {
        const std::size_t most = dice.below(3) == 0 ? fuzz.stream.size() + 1 : 1 + dice.below(5);
        switch (dice.below(8)) {
            case 0:
                conversation.release_memory();
                break;
            case 1:
            case 2:
                complete_work(conversation);
                break;
            case 3:
            case 4:
                write_some(conversation, most, run.ended.output);
                break;
            default:
                if (unread.empty()) {
                    conversation.end_of_stream();
                } else if (conversation.wants_input()) {
                    read(conversation, unread.substr(0, most), true);
                    unread.remove_prefix(std::min(most, unread.size()));
                }
        }
        if (conversation.pending_output() > most_pending) run.problem = "too much output waits";
        if (--steps_left == 0) run.problem = "the conversation does not go on";
    }
    if (longest > fuzz.options.max_message_bytes) run.problem = "a message is over the limit";
    conversation.close();
    run.ended.error = conversation.error();
    run.ended.messages = conversation.messages();
    return run;
}

template <class F, class H>
[[nodiscard]] std::string check_both(const FuzzCase& fuzz) {
    const FuzzRun whole = run_whole<F, H>(fuzz);
    const FuzzRun pieces = run_in_pieces<F, H>(fuzz);
    if (!whole.problem.empty()) return whole.problem;
    if (!pieces.problem.empty()) return pieces.problem;
    if (whole.ended == pieces.ended) return {};
    std::ostringstream text;
    text << "whole: " << whole.ended << "\nin pieces: " << pieces.ended;
    return text.str();
}

template <class F>
[[nodiscard]] std::string check_framing(const FuzzCase& fuzz) {
    switch (fuzz.handler) {
        case 0:
            return check_both<F, FuzzCount>(fuzz);
        case 1:
            return check_both<F, FuzzEcho>(fuzz);
        case 2:
            return check_both<F, FuzzPieces>(fuzz);
        default:
            return check_both<F, FuzzLater>(fuzz);
    }
}

/// What is wrong with the conversation that `input` stands for; empty when nothing is.
///
/// In pieces it sends the same as whole, ends the same, keeps to its limits and never stops
/// before it has finished. (That nothing is read or written out of bounds is the sanitizers' job.)
[[nodiscard]] inline std::string check_conversation(std::string_view input) {
    if (input.size() < FuzzCase::header_size) return {};
    const FuzzCase fuzz = FuzzCase::of(input);
    switch (fuzz.framing) {
        case 0:
            return check_framing<LineFraming>(fuzz);
        case 1:
            return check_framing<LengthFraming>(fuzz);
        case 2:
            return check_framing<RawFraming>(fuzz);
        default:
            return check_framing<UntilEofFraming>(fuzz);
    }
}

}  // namespace charcount::test

#endif
