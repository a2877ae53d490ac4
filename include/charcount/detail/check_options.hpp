// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Options that make no sense, said before anything begins.

#ifndef CHARCOUNT_DETAIL_CHECK_OPTIONS_HPP
#define CHARCOUNT_DETAIL_CHECK_OPTIONS_HPP

#include <charcount/options.hpp>
#include <chrono>
#include <string_view>

namespace charcount::detail {

/// What is wrong with the options, as a sentence; empty when nothing is.
[[nodiscard]] inline std::string_view find_fault(const ServerOptions& options) {
    if (options.backlog < 1) return "backlog must be at least 1";
    if (options.threads < 1) return "threads must be at least 1";
    if (options.max_connections < 1) return "max_connections must be at least 1";
    if (options.max_message_bytes && *options.max_message_bytes < 1)
        return "max_message_bytes must be at least 1";
    if (options.max_pending_output_bytes < 1) return "max_pending_output_bytes must be at least 1";
    using std::chrono::milliseconds;
    for (const milliseconds duration :
         {options.accept_timeout, options.message_timeout.value_or(milliseconds(0)),
          options.write_timeout, options.idle_timeout, options.linger_timeout,
          options.drain_timeout, options.accept_retry_delay})
        if (duration.count() < 0) return "a duration must not be negative";
    return {};
}

}  // namespace charcount::detail

#endif
