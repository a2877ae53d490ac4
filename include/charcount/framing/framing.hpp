// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What a framing is: the rule that cuts a stream of bytes into messages.

#ifndef CHARCOUNT_FRAMING_FRAMING_HPP
#define CHARCOUNT_FRAMING_FRAMING_HPP

#include <charcount/byte_buffer.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace charcount {

/// What a framing found at the front of its input.
///
///     input:   | H | a | l | o | LF | d | u | n | a |
///              '------- consumed ---'
///              '---- body ----'          complete = true
///
/// *Lifetime*: `body` points into the input or into the framing; it is valid until the next call.
struct FramePart {
    std::size_t consumed = 0;         ///< bytes of the input that are used up
    std::string_view body = {};       ///< bytes of the message among them
    bool complete = false;            ///< the message ends here
    std::uint64_t bytes_to_come = 0;  ///< how many more the frame has announced, where it does
};

/// A framing decodes a stream, one part at a time, and encodes whole messages.
///
/// One object serves one direction of one connection: it holds what it must remember between
/// reads, never the message. Its members mean:
/// - `decode(input, more_follows)`: the next part. `more_follows` says that the socket held more
///   bytes than were read; an empty input with `false` says that it held no more after all.
///   A part that is not complete consumes the whole input or brings a body.
/// - `end_of_stream()`: the peer has half-closed. A complete part is a last message; otherwise
///   `in_message()` tells whether the stream ended inside one.
/// - `in_message()`: a message has begun and not ended.
/// - `encode(out, message)`: appends the message to a `ByteBuffer` as it goes over the wire.
/// - `is_stream`: a message has no natural bound, so a handler that takes pieces gets any length.
/// - `splits_at_limit`: at the size limit a message ends and the next begins, instead of failing.
///   Such a framing also tells with `held_bytes()` how many bytes it has consumed and not given
///   out; a stream's end gives them out.
template <class F>
concept Framing = std::copyable<F> && std::default_initializable<F> &&
    requires(F framing, const F& constant, std::string_view bytes, ByteBuffer& out) {
    { framing.decode(bytes, true) } -> std::same_as<FramePart>;
    { framing.end_of_stream() } -> std::same_as<FramePart>;
    { constant.in_message() } -> std::same_as<bool>;
    F::encode(out, bytes);
    { F::is_stream } -> std::convertible_to<bool>;
    { F::splits_at_limit } -> std::convertible_to<bool>;
} &&(!F::splits_at_limit || requires(const F& constant) {
    { constant.held_bytes() } -> std::same_as<std::size_t>;
});

/// A framing that finds a message without what it remembers, where one begins: a burst of short
/// messages is then taken apart with fewer instructions.
/// - `decode_whole(input)`: the message at the front, if it is short and all there; otherwise a
///   part that is not complete, and `decode` gets the same input. Called while `in_message()` is
///   false.
template <class F>
concept WholeFraming = Framing<F> && requires(std::string_view bytes) {
    { F::decode_whole(bytes) } -> std::same_as<FramePart>;
};

}  // namespace charcount

#endif
