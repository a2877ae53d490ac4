// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// All of the library that needs nothing beyond Asio.

#ifndef CHARCOUNT_CHARCOUNT_HPP
#define CHARCOUNT_CHARCOUNT_HPP

#include <charcount/byte_buffer.hpp>
#include <charcount/char_count_handler.hpp>
#include <charcount/client.hpp>
#include <charcount/conversation.hpp>
#include <charcount/error.hpp>
#include <charcount/framing/framing.hpp>
#include <charcount/framing/length.hpp>
#include <charcount/framing/line.hpp>
#include <charcount/framing/raw.hpp>
#include <charcount/framing/until_eof.hpp>
#include <charcount/handler.hpp>
#include <charcount/inbox.hpp>
#include <charcount/options.hpp>
#include <charcount/outbox.hpp>
#include <charcount/peer.hpp>
#include <charcount/server.hpp>
#include <charcount/task.hpp>
#include <charcount/transport/async.hpp>
#include <charcount/transport/blocking.hpp>
#include <charcount/unit.hpp>
#include <charcount/utf8.hpp>
#include <charcount/version.hpp>

#endif
