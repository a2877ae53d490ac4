// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The servers of hooked handlers, compiled once for all tests: half of what each would compile.

#ifndef CHARCOUNT_TESTS_SUPPORT_HOOKED_SERVERS_HPP
#define CHARCOUNT_TESTS_SUPPORT_HOOKED_SERVERS_HPP

#include <charcount/detail/async_server.hpp>
#include <charcount/detail/blocking_server.hpp>
#include <charcount/detail/handler_servers.hpp>
#include <charcount/detail/own_transport.hpp>
#include <charcount/detail/platform.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <support/extern.hpp>
#include <support/hooked_handler.hpp>

namespace charcount::detail {

using ThreadTcp = OwnTransport<BlockingTcp, test::HookedHandler>;
using ThreadLocal = OwnTransport<BlockingLocal, test::HookedHandler>;

CHARCOUNT_TESTS_EXTERN template class AsyncServer<AsyncTcp>;
CHARCOUNT_TESTS_EXTERN template class AsyncServer<AsyncLocal>;
CHARCOUNT_TESTS_EXTERN template class BlockingServer<ThreadTcp>;
CHARCOUNT_TESTS_EXTERN template class BlockingServer<ThreadLocal>;

CHARCOUNT_TESTS_EXTERN template class AsyncHandlerServer<test::HookedHandler, LineFraming,
                                                         AsyncTcp>;
CHARCOUNT_TESTS_EXTERN template class AsyncHandlerServer<test::HookedHandler, LineFraming,
                                                         AsyncLocal>;
CHARCOUNT_TESTS_EXTERN template class BlockingHandlerServer<test::HookedHandler, LineFraming,
                                                            ThreadTcp>;
CHARCOUNT_TESTS_EXTERN template class BlockingHandlerServer<test::HookedHandler, LineFraming,
                                                            ThreadLocal>;

#if CHARCOUNT_HAS_EPOLL
using OwnTcp = OwnTransport<AsyncTcp, test::HookedHandler>;
using OwnLocal = OwnTransport<AsyncLocal, test::HookedHandler>;

CHARCOUNT_TESTS_EXTERN template class AsyncServer<OwnTcp>;
CHARCOUNT_TESTS_EXTERN template class AsyncServer<OwnLocal>;

CHARCOUNT_TESTS_EXTERN template class AsyncHandlerServer<test::HookedHandler, LineFraming, OwnTcp>;
CHARCOUNT_TESTS_EXTERN template class AsyncHandlerServer<test::HookedHandler, LineFraming,
                                                         OwnLocal>;
#endif

}  // namespace charcount::detail

#endif
