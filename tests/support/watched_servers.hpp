// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The servers in memory of watched handlers, with each framing, compiled once for all tests.

#ifndef CHARCOUNT_TESTS_SUPPORT_WATCHED_SERVERS_HPP
#define CHARCOUNT_TESTS_SUPPORT_WATCHED_SERVERS_HPP

#include <charcount/detail/async_server.hpp>
#include <charcount/detail/blocking_server.hpp>
#include <charcount/detail/handler_servers.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/transport/memory.hpp>
#include <support/extern.hpp>
#include <support/watched_handler.hpp>

#define CHARCOUNT_TESTS_SERVERS(Server, Transport)                                                \
    CHARCOUNT_TESTS_EXTERN template class Server<test::WatchedHandler, LineFraming, Transport>;   \
    CHARCOUNT_TESTS_EXTERN template class Server<test::WatchedHandler, LengthFraming, Transport>; \
    CHARCOUNT_TESTS_EXTERN template class Server<test::WatchedHandler, RawFraming, Transport>;    \
    CHARCOUNT_TESTS_EXTERN template class Server<test::WatchedHandler, UntilEofFraming, Transport>

namespace charcount::detail {

CHARCOUNT_TESTS_EXTERN template class AsyncServer<AsyncMemory>;
CHARCOUNT_TESTS_EXTERN template class BlockingServer<BlockingMemory>;

CHARCOUNT_TESTS_SERVERS(AsyncHandlerServer, AsyncMemory);
CHARCOUNT_TESTS_SERVERS(BlockingHandlerServer, BlockingMemory);

}  // namespace charcount::detail

#undef CHARCOUNT_TESTS_SERVERS

#endif
