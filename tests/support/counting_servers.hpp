// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The servers of the counting handler, with each framing, compiled once for all tests.

#ifndef CHARCOUNT_TESTS_SUPPORT_COUNTING_SERVERS_HPP
#define CHARCOUNT_TESTS_SUPPORT_COUNTING_SERVERS_HPP

#include <charcount/char_count_handler.hpp>
#include <charcount/detail/handler_servers.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <support/hooked_servers.hpp>

#define CHARCOUNT_TESTS_SERVERS(Server, Transport)                                            \
    CHARCOUNT_TESTS_EXTERN template class Server<CharCountHandler, LineFraming, Transport>;   \
    CHARCOUNT_TESTS_EXTERN template class Server<CharCountHandler, LengthFraming, Transport>; \
    CHARCOUNT_TESTS_EXTERN template class Server<CharCountHandler, RawFraming, Transport>;    \
    CHARCOUNT_TESTS_EXTERN template class Server<CharCountHandler, UntilEofFraming, Transport>

namespace charcount::detail {

CHARCOUNT_TESTS_SERVERS(AsyncHandlerServer, AsyncTcp);
CHARCOUNT_TESTS_SERVERS(AsyncHandlerServer, AsyncLocal);
CHARCOUNT_TESTS_SERVERS(BlockingHandlerServer, ThreadTcp);
CHARCOUNT_TESTS_SERVERS(BlockingHandlerServer, ThreadLocal);
#if CHARCOUNT_HAS_EPOLL
CHARCOUNT_TESTS_SERVERS(AsyncHandlerServer, OwnTcp);
CHARCOUNT_TESTS_SERVERS(AsyncHandlerServer, OwnLocal);
#endif

}  // namespace charcount::detail

#undef CHARCOUNT_TESTS_SERVERS

#endif
