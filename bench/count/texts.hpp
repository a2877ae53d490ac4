// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The texts that are counted: words of irregular length in six kinds of writing, from a fixed seed.

#ifndef CHARCOUNT_BENCH_COUNT_TEXTS_HPP
#define CHARCOUNT_BENCH_COUNT_TEXTS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "support/dice.hpp"

namespace charcount::bench {

/// A kind of writing: words of random letters, and what may stand between two words.
struct Script {
    char32_t first_letter;
    char32_t last_letter;
    std::size_t longest_word;
    std::vector<std::u32string_view> separators;  // each equally likely
};

/// A name, and the scripts from which each word is drawn.
struct TextKind {
    std::string_view name;
    std::vector<Script> scripts;
};

[[nodiscard]] inline const std::vector<TextKind>& text_kinds() {
    static const std::vector<TextKind> kinds = [] {
        const std::vector<std::u32string_view> spaces = {U" ", U" ", U" ", U" ", U", ", U". "};
        const Script ascii{U'a', U'z', 12, spaces};
        const Script indonesian{
            U'a',
            U'z',
            12,
            {U" ", U" ", U" ", U" ", U" ", U", ", U". ", U" \u2014 ", U" \u201C", U"\u201D "}};
        const Script cyrillic{U'\u0430', U'\u044F', 13, spaces};
        const Script cjk{U'\u4E00', U'\u9FFF', 20, {U"\u3001", U"\u3002", U"\u3092", U"\u306E"}};
        const Script emoji{U'\U0001F300', U'\U0001F64F', 6, {U" "}};
        return std::vector<TextKind>{
            {"ASCII", {ascii}},       {"Indonesian", {indonesian}},
            {"Cyrillic", {cyrillic}}, {"CJK", {cjk}},
            {"emoji", {emoji}},       {"mixed", {ascii, indonesian, cyrillic, cjk, emoji}},
        };
    }();
    return kinds;
}

/// Writes an endless text of one kind, character by character.
class Writer {
public:
    explicit Writer(const TextKind& kind) : kind_(kind), dice_(2026) { start_word(); }

    void start_word() {
        script_ = &kind_.scripts[dice_.below(kind_.scripts.size())];
        letters_ = 1 + dice_.below(script_->longest_word);
        separator_ = script_->separators[dice_.below(script_->separators.size())];
    }

    [[nodiscard]] char32_t next() {
        if (letters_ == 0 && separator_.empty()) start_word();
        if (letters_ > 0) {
            --letters_;
            const std::size_t letters = script_->last_letter - script_->first_letter + 1;
            return static_cast<char32_t>(script_->first_letter + dice_.below(letters));
        }
        const char32_t character = separator_.front();
        separator_.remove_prefix(1);
        return character;
    }

private:
    const TextKind& kind_;
    test::Dice dice_;
    const Script* script_ = nullptr;
    std::size_t letters_ = 0;
    std::u32string_view separator_;
};

/// Appends `character` to what was written up to `end`, unless it would reach beyond `limit`.
[[nodiscard]] inline char* write_utf8(char32_t character, char* end, const char* limit) {
    const std::size_t size = character < 0x80      ? 1
                             : character < 0x800   ? 2
                             : character < 0x10000 ? 3
                                                   : 4;
    if (static_cast<std::size_t>(limit - end) < size) return end;
    constexpr std::uint32_t marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    std::uint32_t rest = character;
    for (std::size_t i = size - 1; i > 0; --i, rest >>= 6U) {
        end[i] = static_cast<char>(0x80U | (rest & 0x3FU));
    }
    end[0] = static_cast<char>(marks[size] | rest);
    return end + size;
}

/// Fills the memory up to `limit`: whole characters from a word's start, then full stops. Returns
/// how many characters these are.
inline std::size_t write_message(Writer& writer, char* begin, char* limit) {
    std::size_t code_points = 0;
    writer.start_word();
    while (true) {
        char* const end = write_utf8(writer.next(), begin, limit);
        if (end == begin) break;
        begin = end;
        ++code_points;
    }
    std::fill(begin, limit, '.');
    return code_points + static_cast<std::size_t>(limit - begin);
}

/// Messages of one size, one after the other in memory.
///
/// They begin 16 bytes behind a cache line's start, where malloc places large blocks.
class Messages {
public:
    Messages(const TextKind& kind, std::size_t message_bytes, std::size_t amount)
        : storage_(message_bytes * amount + 2 * line_bytes),
          message_bytes_(message_bytes),
          amount_(amount) {
        const auto address = reinterpret_cast<std::uintptr_t>(storage_.data());
        data_ = storage_.data() + (line_bytes - address % line_bytes) + 16;
        Writer writer(kind);
        for (std::size_t i = 0; i < amount; ++i) add_message(writer, data_ + i * message_bytes);
    }

    Messages(const Messages&) = delete;
    Messages& operator=(const Messages&) = delete;

    [[nodiscard]] const char* data() const { return data_; }
    [[nodiscard]] std::size_t message_bytes() const { return message_bytes_; }
    [[nodiscard]] std::size_t amount() const { return amount_; }
    [[nodiscard]] std::size_t all_bytes() const { return message_bytes_ * amount_; }

    /// Of all messages, known without any decoder.
    [[nodiscard]] std::size_t code_points() const { return code_points_; }

private:
    static constexpr std::size_t line_bytes = 64;
    static constexpr std::size_t longest_original = std::size_t{1} << 20U;

    // What is longer than a MiB, of which no branch predictor knows the beginning at the end, is a
    // MiB again and again.
    void add_message(Writer& writer, char* begin) {
        const std::size_t original = std::min(message_bytes_, longest_original);
        const std::size_t code_points = write_message(writer, begin, begin + original);
        for (std::size_t done = 0; done < message_bytes_; done += original) {
            if (done > 0) std::copy_n(begin, original, begin + done);
            code_points_ += code_points;
        }
    }

    std::vector<char> storage_;
    char* data_ = nullptr;
    std::size_t message_bytes_;
    std::size_t amount_;
    std::size_t code_points_ = 0;
};

}  // namespace charcount::bench

#endif
