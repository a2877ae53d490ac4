// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The kernel. Included once for each set of instructions, in a namespace that has defined `Bytes`,
// a register, and what can be done with it; so it has no guard.
//
// Source: John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction per byte"
// (Software: Practice and Experience 51(5), 2021). The counts come from a lookup of the same kind.

inline constexpr std::size_t width = sizeof(Bytes);

/// How many registers are judged together; their weights must not exceed a byte.
inline constexpr std::size_t block_registers = 8;
inline constexpr std::size_t block_size = block_registers * width;

using Table = std::array<unsigned char, width>;

// Aligned: a load across two cache lines takes twice as long.
alignas(width) inline constexpr Table first_by_top =
    repeated<width>(pair_entries<entries, IndexBits::top, &PairRule::first>);
alignas(width) inline constexpr Table first_by_bottom =
    repeated<width>(pair_entries<entries, IndexBits::bottom, &PairRule::first>);
alignas(width) inline constexpr Table second_by_top =
    repeated<width>(pair_entries<entries, IndexBits::top, &PairRule::second>);
alignas(width) inline constexpr Table weights_by_top = repeated<width>(weight_entries<entries>);
inline constexpr auto sliding_mask = sliding_mask_table<width>();

CHARCOUNT_UTF8_KERNEL Bytes load(const void* bytes) noexcept {
    Bytes loaded;
    __builtin_memcpy(&loaded, bytes, width);
    return loaded;
}

/// The same value in each byte. From memory: GCC would else make it anew in each short call.
template <unsigned char Value>
CHARCOUNT_UTF8_KERNEL Bytes all_of() noexcept {
    alignas(width) static constexpr Table table = filled_table<width>(Value);
    return load(table.data());
}

/// All ones for the first `count` bytes, zeros for the others.
CHARCOUNT_UTF8_KERNEL Bytes first_of(std::size_t count) noexcept {
    return load(sliding_mask.data() + 2 * width - count);
}

/// All ones for the last `count` bytes, zeros for the others.
CHARCOUNT_UTF8_KERNEL Bytes last_of(std::size_t count) noexcept {
    return load(sliding_mask.data() + count);
}

// ---- What is wrong ----

/// A register, and for each of its bytes those one, two and three places before.
///
///     text     . . . G r ü - ß - e
///     now            G r ü - ß - e
///     first        . G r ü - ß -
///     second     . . G r ü - ß
///     third    . . . G r ü -
struct Window {
    Bytes now;
    Bytes first;
    Bytes second;
    Bytes third;
};

/// Of bytes that have three others before them.
CHARCOUNT_UTF8_KERNEL Window window_at(const char* bytes) noexcept {
    Bytes first = load(bytes - 1);
    CHARCOUNT_UTF8_KEEP(first);  // it is needed twice, and GCC would load it twice
    return {load(bytes), first, load(bytes - 2), load(bytes - 3)};
}

/// Of the first bytes of a text: zeros stand before them.
CHARCOUNT_UTF8_KERNEL Window window_at_begin(Bytes now) noexcept {
    return {now, moved<1>(now), moved<2>(now), moved<3>(now)};
}

/// All zero when the sequences are well-formed as far as they go.
CHARCOUNT_UTF8_KERNEL Bytes errors_in(const Window& window) noexcept {
    const Bytes wrong_pairs = look_up(load(first_by_top.data()), tops_of(window.first)) &
                              look_up(load(first_by_bottom.data()), bottoms_of(window.first)) &
                              look_up(load(second_by_top.data()), tops_of(window.now));
    // Their highest bit is set when the byte is at least E0, F0: it wants a third, a fourth one.
    const Bytes third = minus_saturated(window.second, all_of<0xE0 - 0x80>());
    const Bytes fourth = minus_saturated(window.third, all_of<0xF0 - 0x80>());
    return wrong_pairs ^ ((third | fourth) & all_of<two_continuations>());
}

// ---- What is counted ----

/// For each byte 1 if it is a continuation, 16 if it is the lead of four bytes.
CHARCOUNT_UTF8_KERNEL Bytes weights_of(Bytes bytes) noexcept {
    return look_up(load(weights_by_top.data()), tops_of(bytes));
}

/// The sums of the weights of many registers, in lanes; and those without the leads of four bytes.
struct Tally {
    Sums all = {};
    Sums continuations = {};

    CHARCOUNT_UTF8_KERNEL void add(Bytes weights) noexcept {
        all += sums_of(weights);
        continuations += sums_of(weights & 0x0F);
    }

    CHARCOUNT_UTF8_KERNEL void move_to(Progress& done) const noexcept {
        const std::size_t ones = total_of(continuations);
        done.continuations += ones;
        done.four_byte_leads += (total_of(all) - ones) / 16;
    }
};

// ---- The passes ----

/// No more bytes than a register holds. If fewer, the zeros behind them show an open end.
CHARCOUNT_UTF8_KERNEL Utf8Scan scan_short(std::string_view bytes) noexcept {
    const Bytes now = load_part(bytes.data(), bytes.size());
    if (!has_high_bit(now)) return result_of({.bytes = bytes.size()});
    const bool is_open = bytes.size() == width && is_open_before(bytes.data() + width);
    if (is_open || !is_zero(errors_in(window_at_begin(now)))) [[unlikely]]
        return finish_scan(bytes, 0, 0, 0);
    Progress done{.bytes = bytes.size()};
    count(now, done);
    return result_of(done);
}

/// What is set in any byte of a block.
template <std::size_t... I>
CHARCOUNT_UTF8_KERNEL Bytes all_bits_of(const char* block, std::index_sequence<I...>) noexcept {
    return (... | load(block + I * width));
}

/// Where the kernel reads on while memory is the bottleneck: beyond what it fetches by itself.
inline constexpr std::size_t prefetch_distance = 4096;
inline constexpr std::size_t prefetch_from_size = std::size_t{1} << 20;

CHARCOUNT_UTF8_KERNEL void prefetch_block(const char* block) noexcept {
    constexpr std::size_t cache_line = 64;
    for (std::size_t i = 0; i < block_size; i += cache_line) __builtin_prefetch(block + i);
}

/// Takes whole blocks; false if there is an error in the next one.
CHARCOUNT_UTF8_KERNEL bool take_blocks(std::string_view bytes, Progress& done) noexcept {
    const bool prefetches = bytes.size() >= prefetch_from_size;
    Tally tally;
    bool is_well_formed = true;
    bool was_ascii = false;
    std::size_t at = done.bytes;
    for (; bytes.size() - at >= block_size; at += block_size) {
        const char* const block = bytes.data() + at;
        if (prefetches && bytes.size() - at >= prefetch_distance + block_size)
            prefetch_block(block + prefetch_distance);
        if (!has_high_bit(all_bits_of(block, std::make_index_sequence<block_registers>()))) {
            is_well_formed = was_ascii || !is_open_before(block);
            if (!is_well_formed) break;
            was_ascii = true;
            continue;
        }
        was_ascii = false;
        Bytes errors = {};
        Bytes weights = {};
        const char* end = block + block_size;
        asm("" : "+r"(end));  // unrolled, the loop would need more registers than there are
        for (const char* now = block; now != end; now += width) {
            const Window window = window_at(now);
            errors |= errors_in(window);
            weights += weights_of(window.now);
        }
        is_well_formed = is_zero(errors);
        if (!is_well_formed) break;
        tally.add(weights);
    }
    tally.move_to(done);
    done.bytes = at;
    return is_well_formed;
}

/// Whether all bytes from `begin` on are ASCII; not many, in a text of at least a register.
CHARCOUNT_UTF8_KERNEL bool is_ascii_from(std::size_t begin, std::string_view bytes) noexcept {
    Bytes any = load(bytes.data() + bytes.size() - width);
    for (std::size_t at = begin; bytes.size() - at > width; at += width)
        any |= load(bytes.data() + at);
    return !has_high_bit(any);
}

/// Takes single registers, and a last one that may overlap.
CHARCOUNT_UTF8_KERNEL Utf8Scan take_rest(std::string_view bytes, Progress done) noexcept {
    const char* const data = bytes.data();
    const std::size_t size = bytes.size();
    for (; size - done.bytes >= width; done.bytes += width) {
        const Window window = window_at(data + done.bytes);
        if (!is_zero(errors_in(window))) [[unlikely]]
            return finish_scan(bytes, done.bytes, done.continuations, done.four_byte_leads);
        count(window.now, done);
    }
    const std::size_t rest = size - done.bytes;
    if (rest > 0 && size >= width + 3) {
        const Window window = window_at(data + size - width);
        if (!is_zero(errors_in(window))) [[unlikely]]
            return finish_scan(bytes, done.bytes, done.continuations, done.four_byte_leads);
        count(window.now & last_of(rest), done);
        done.bytes = size;
    }
    if (done.bytes < size || is_open_before(data + size)) [[unlikely]]
        return finish_scan(bytes, done.bytes, done.continuations, done.four_byte_leads);
    return result_of(done);
}

/// More than a register, but not a block on top of it.
CHARCOUNT_UTF8_KERNEL Utf8Scan scan_medium(std::string_view bytes) noexcept {
    if (is_ascii_from(0, bytes)) return result_of({.bytes = bytes.size()});
    const Bytes begin = load(bytes.data());
    if (!is_zero(errors_in(window_at_begin(begin)))) [[unlikely]]
        return finish_scan(bytes, 0, 0, 0);
    Progress done{.bytes = width};
    count(begin, done);
    return take_rest(bytes, done);
}

/// A register and a block, or more.
CHARCOUNT_UTF8_TARGET [[gnu::noinline]] inline Utf8Scan scan_long(std::string_view bytes) noexcept {
    const Bytes begin = load(bytes.data());
    if (!is_zero(errors_in(window_at_begin(begin)))) [[unlikely]]
        return finish_scan(bytes, 0, 0, 0);
    Progress done{.bytes = head_size<width>(bytes.data())};
    count(begin & first_of(done.bytes), done);
    if (!take_blocks(bytes, done)) [[unlikely]]
        return finish_scan(bytes, done.bytes, done.continuations, done.four_byte_leads);
    if (!is_ascii_from(done.bytes, bytes) || is_open_before(bytes.data() + done.bytes))
        return take_rest(bytes, done);
    done.bytes = bytes.size();
    return result_of(done);
}

CHARCOUNT_UTF8_TARGET inline Utf8Scan scan(std::string_view bytes) noexcept {
    if (bytes.size() <= width) return scan_short(bytes);
    return bytes.size() < width + block_size ? scan_medium(bytes) : scan_long(bytes);
}
