// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The servers of hooked handlers, compiled once for all tests: half of what each would compile.

#ifndef CHARCOUNT_TESTS_SUPPORT_HOOKED_SERVERS_HPP
#define CHARCOUNT_TESTS_SUPPORT_HOOKED_SERVERS_HPP

#include <charcount/detail/async_server.hpp>
#include <charcount/detail/blocking_server.hpp>
#include <charcount/detail/own_transport.hpp>
#include <charcount/detail/platform.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <support/hooked_handler.hpp>

/// `extern` for all but the one file that has them.
#ifndef CHARCOUNT_TESTS_EXTERN
#define CHARCOUNT_TESTS_EXTERN extern
#endif

namespace charcount::detail {

CHARCOUNT_TESTS_EXTERN template class AsyncServer<test::HookedHandler, LineFraming, AsyncTcp>;
CHARCOUNT_TESTS_EXTERN template class AsyncServer<test::HookedHandler, LineFraming, AsyncLocal>;
CHARCOUNT_TESTS_EXTERN template class BlockingServer<test::HookedHandler, LineFraming, BlockingTcp>;
CHARCOUNT_TESTS_EXTERN template class BlockingServer<test::HookedHandler, LineFraming,
                                                     BlockingLocal>;
#if CHARCOUNT_HAS_EPOLL
CHARCOUNT_TESTS_EXTERN template class AsyncServer<test::HookedHandler, LineFraming,
                                                  OwnTransport<AsyncTcp, test::HookedHandler>>;
CHARCOUNT_TESTS_EXTERN template class AsyncServer<test::HookedHandler, LineFraming,
                                                  OwnTransport<AsyncLocal, test::HookedHandler>>;
#endif

}  // namespace charcount::detail

#endif
