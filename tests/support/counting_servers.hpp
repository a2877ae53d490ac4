// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The sessions of the counting handler, with each framing, compiled once for all tests.

#ifndef CHARCOUNT_TESTS_SUPPORT_COUNTING_SERVERS_HPP
#define CHARCOUNT_TESTS_SUPPORT_COUNTING_SERVERS_HPP

#include <charcount/char_count_handler.hpp>
#include <charcount/detail/async_session.hpp>
#include <charcount/detail/blocking_session.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <support/hooked_servers.hpp>

#define CHARCOUNT_TESTS_SESSIONS(Session, Transport)                                           \
    CHARCOUNT_TESTS_EXTERN template class Session<CharCountHandler, LineFraming, Transport>;   \
    CHARCOUNT_TESTS_EXTERN template class Session<CharCountHandler, LengthFraming, Transport>; \
    CHARCOUNT_TESTS_EXTERN template class Session<CharCountHandler, RawFraming, Transport>;    \
    CHARCOUNT_TESTS_EXTERN template class Session<CharCountHandler, UntilEofFraming, Transport>

namespace charcount::detail {

CHARCOUNT_TESTS_SESSIONS(AsyncSession, AsyncTcp);
CHARCOUNT_TESTS_SESSIONS(AsyncSession, AsyncLocal);
CHARCOUNT_TESTS_SESSIONS(BlockingSession, ThreadTcp);
CHARCOUNT_TESTS_SESSIONS(BlockingSession, ThreadLocal);
#if CHARCOUNT_HAS_EPOLL
CHARCOUNT_TESTS_SESSIONS(AsyncSession, OwnTcp);
CHARCOUNT_TESTS_SESSIONS(AsyncSession, OwnLocal);
#endif

}  // namespace charcount::detail

#undef CHARCOUNT_TESTS_SESSIONS

#endif
