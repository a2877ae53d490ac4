// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The clients over sockets, with each framing, compiled once for all tests.

#ifndef CHARCOUNT_TESTS_SUPPORT_STREAM_CLIENTS_HPP
#define CHARCOUNT_TESTS_SUPPORT_STREAM_CLIENTS_HPP

#include <charcount/detail/async_client_core.hpp>
#include <charcount/detail/blocking_client.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <support/extern.hpp>

#define CHARCOUNT_TESTS_CLIENTS(Client, Transport)                          \
    CHARCOUNT_TESTS_EXTERN template class Client<Transport, LineFraming>;   \
    CHARCOUNT_TESTS_EXTERN template class Client<Transport, LengthFraming>; \
    CHARCOUNT_TESTS_EXTERN template class Client<Transport, RawFraming>;    \
    CHARCOUNT_TESTS_EXTERN template class Client<Transport, UntilEofFraming>

namespace charcount::detail {

CHARCOUNT_TESTS_CLIENTS(AsyncClientCore, AsyncTcp);
CHARCOUNT_TESTS_CLIENTS(AsyncClientCore, AsyncLocal);
CHARCOUNT_TESTS_CLIENTS(BlockingClient, BlockingTcp);
CHARCOUNT_TESTS_CLIENTS(BlockingClient, BlockingLocal);

}  // namespace charcount::detail

#undef CHARCOUNT_TESTS_CLIENTS

#endif
