// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The kernel for registers of 16 or 32 bytes. Included once for each set of instructions, in a
// namespace that has defined `Bytes`, `Sums` and what is done with them; so it has no guard.
//
// Source: John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction per byte"
// (Software: Practice and Experience 51(5), 2021). The count comes from the same lookups.

inline constexpr std::size_t width = sizeof(Bytes);

template <std::size_t Distance, std::size_t... I>
CHARCOUNT_UTF8_KERNEL Bytes previous(Bytes now, Bytes before, std::index_sequence<I...>) noexcept {
    return __builtin_shufflevector(before, now, (width - Distance + I)...);
}

/// The bytes `Distance` before those of `now`.
template <std::size_t Distance>
CHARCOUNT_UTF8_KERNEL Bytes previous(Bytes now, Bytes before) noexcept {
    return previous<Distance>(now, before, std::make_index_sequence<width>());
}

CHARCOUNT_UTF8_KERNEL Bytes load(const char* bytes) noexcept {
    Bytes loaded;
    __builtin_memcpy(&loaded, bytes, width);
    return loaded;
}

CHARCOUNT_UTF8_KERNEL Bytes load(const std::array<unsigned char, width>& table) noexcept {
    Bytes loaded;
    __builtin_memcpy(&loaded, table.data(), width);
    return loaded;
}

/// All zero when the sequences of `now` are well-formed as far as they go.
CHARCOUNT_UTF8_KERNEL Bytes errors_in(Bytes now, Bytes before) noexcept {
    constexpr auto first_high = pair_table<width, &PairRule::first_high>();
    constexpr auto first_low = pair_table<width, &PairRule::first_low>();
    constexpr auto second_high = pair_table<width, &PairRule::second_high>();
    const Bytes first = previous<1>(now, before);
    const Bytes wrong_pairs = look_up(load(first_high), first >> 4) &
                              look_up(load(first_low), first & 0x0F) &
                              look_up(load(second_high), now >> 4);
    // Their highest bit is set when the byte is at least E0, F0: it wants a third, a fourth one.
    const Bytes third = minus_saturated(previous<2>(now, before), Bytes{} + (0xE0 - 0x80));
    const Bytes fourth = minus_saturated(previous<3>(now, before), Bytes{} + (0xF0 - 0x80));
    return wrong_pairs ^ ((third | fourth) & two_continuations);
}

/// All zero when the last sequence of `bytes` is complete.
CHARCOUNT_UTF8_KERNEL Bytes open_end_of(Bytes bytes) noexcept {
    constexpr auto greatest_last_bytes = last_bytes_table<width>();
    return minus_saturated(bytes, load(greatest_last_bytes));
}

/// For each byte 1 if it is a continuation, 16 if it is the lead of four bytes.
CHARCOUNT_UTF8_KERNEL Bytes weights_of(Bytes bytes) noexcept {
    constexpr auto table = weight_table<width>();
    return look_up(load(table), bytes >> 4);
}

/// What was found out about the registers since the last look at it.
struct Findings {
    Bytes before = {};   ///< the last register
    Bytes errors = {};   ///< all zero if there were none
    Bytes weights = {};  ///< of up to four registers

    CHARCOUNT_UTF8_KERNEL void take(Bytes now) noexcept {
        errors |= errors_in(now, before);
        weights += weights_of(now);
        before = now;
    }

    CHARCOUNT_UTF8_KERNEL void take_ascii(Bytes now) noexcept {
        errors |= open_end_of(before);
        before = now;
    }
};

/// The sums of all weights so far, in lanes; and those without the leads of four bytes.
struct Tally {
    Sums all = {};
    Sums continuations = {};

    CHARCOUNT_UTF8_KERNEL void add(Bytes weights) noexcept {
        all += sums_of(weights);
        continuations += sums_of(weights & 0x0F);
    }

    CHARCOUNT_UTF8_KERNEL Progress progress(std::size_t bytes) const noexcept {
        const std::size_t ones = total_of(continuations);
        return {bytes, ones, (total_of(all) - ones) / 16};
    }
};

/// Fewer bytes than a register holds.
CHARCOUNT_UTF8_TARGET inline Utf8Scan scan_part(std::string_view bytes) noexcept {
    const Bytes now = load_part(bytes.data(), bytes.size());
    if (!has_high_bit(now)) return result_of({.bytes = bytes.size()});
    Findings findings;
    findings.take(now);
    if (!is_zero(findings.errors)) return finish_scan(bytes, {});
    Tally tally;
    tally.add(findings.weights);
    return result_of(tally.progress(bytes.size()));
}

/// Validates and counts `bytes`. Four registers at a time, then one at a time.
CHARCOUNT_UTF8_TARGET inline Utf8Scan scan(std::string_view bytes) noexcept {
    const char* const data = bytes.data();
    const std::size_t size = bytes.size();
    if (size < width) return scan_part(bytes);

    Findings findings;
    Tally tally;
    std::size_t at = 0;
    for (; size - at >= 4 * width; at += 4 * width) {
        const char* const now = data + at;
        const Bytes any =
            load(now) | load(now + width) | load(now + 2 * width) | load(now + 3 * width);
        findings.weights = Bytes{};
        const bool is_ascii = !has_high_bit(any);
        if (is_ascii) {
            findings.take_ascii(Bytes{});
        } else {
            for (std::size_t i = 0; i < 4; ++i) findings.take(load(now + i * width));
        }
        if (!is_zero(findings.errors)) [[unlikely]]
            return finish_scan(bytes, tally.progress(at));
        if (!is_ascii) tally.add(findings.weights);
    }

    const std::size_t rest_begin = at;
    findings.weights = Bytes{};
    for (; at < size; at += width) {
        const Bytes now = size - at >= width ? load(data + at) : load_part(data + at, size - at);
        if (has_high_bit(now)) {
            findings.take(now);
        } else {
            findings.take_ascii(now);
        }
    }
    findings.errors |= open_end_of(findings.before);
    if (!is_zero(findings.errors)) [[unlikely]]
        return finish_scan(bytes, tally.progress(rest_begin));
    tally.add(findings.weights);
    return result_of(tally.progress(size));
}
