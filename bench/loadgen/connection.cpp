// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// See connection.hpp.

#include "connection.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>

namespace charcount::bench {
namespace {

// Of a long text the beginning; what is no printable ASCII as dots.
std::string quote(std::string_view text) {
    constexpr std::size_t most = 40;
    std::string out = "\"";
    for (const char c : text.substr(0, most)) out += c >= ' ' && c <= '~' && c != '"' ? c : '.';
    return out + (text.size() > most ? "\"..." : "\"");
}

std::string count_words(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::size_t Connection::flush() {
    std::size_t total = 0;
    while (!unsent_.empty()) {
        const ssize_t sent = ::send(socket_.number(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN) break;
            throw last_error("send");
        }
        unsent_.remove_prefix(static_cast<std::size_t>(sent));
        total += static_cast<std::size_t>(sent);
    }
    return total;
}

Connection::Received Connection::receive(std::span<char> buffer) {
    const ssize_t size = ::recv(socket_.number(), buffer.data(), buffer.size(), 0);
    if (size < 0) {
        if (errno == EAGAIN) return {};
        throw last_error("receive");
    }
    if (size == 0) {
        throw std::runtime_error("the server closed a connection with " +
                                 count_words(in_flight(), "request") + " unanswered");
    }
    const std::string_view arrived(buffer.data(), static_cast<std::size_t>(size));
    const auto replies = checker_.take(arrived);
    if (!replies) throw std::runtime_error(words_about(arrived));
    return {arrived.size(), *replies};
}

std::string Connection::words_about(std::string_view arrived) const {
    const ReplyChecker::Wrong wrong = checker_.explain(arrived);
    if (wrong.expected.empty()) return "more replies than requests: got " + quote(wrong.got);
    return "wrong reply to the message " + quote(wrong.message) + " of " +
           count_words(wrong.message.size(), "byte") + ": expected " + quote(wrong.expected) +
           ", got " + quote(wrong.got);
}

}  // namespace charcount::bench
