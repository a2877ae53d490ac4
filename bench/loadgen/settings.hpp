// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What charcount-bench is asked to do.

#ifndef CHARCOUNT_BENCH_LOADGEN_SETTINGS_HPP
#define CHARCOUNT_BENCH_LOADGEN_SETTINGS_HPP

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace charcount::bench {

enum class Mode {
    load,     ///< ask on connections that stay
    connect,  ///< connect, ask once, close
    idle,     ///< ask once on each, then only stay connected
};

struct Settings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 12345;
    std::string path;  ///< a Unix domain socket, instead of a host and a port

    Mode mode = Mode::load;
    std::size_t connections = 1;
    std::size_t depth = 1;  ///< requests in flight on a connection
    std::size_t burst = 1;  ///< as many at least are sent at once
    std::size_t message_bytes = 32;
    std::string text = "ascii";

    std::chrono::milliseconds warm_up{1000};
    std::chrono::milliseconds duration{3000};
    std::chrono::milliseconds idle{2500};
    std::chrono::milliseconds grace{5000};  ///< the whole run may take so much longer
    std::uint64_t most_requests = UINT64_MAX;

    std::optional<pid_t> server_pid;
    std::optional<int> cpu;  ///< the one to run on
    bool is_json = false;
};

}  // namespace charcount::bench

#endif
