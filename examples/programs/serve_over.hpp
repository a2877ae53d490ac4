// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// Runs a server of any framing over one kind of transport, from `listening` to its report.

#ifndef CHARCOUNT_EXAMPLES_PROGRAMS_SERVE_OVER_HPP
#define CHARCOUNT_EXAMPLES_PROGRAMS_SERVE_OVER_HPP

#include <charcount/framing/raw.hpp>
#include <charcount/server.hpp>
#include <concepts>
#include <iostream>

#include "counter.hpp"
#include "log.hpp"
#include "settings.hpp"

namespace programs {

inline void print_report(const charcount::StopReport& report, const charcount::ServerStats& stats) {
    std::cout << "stopped: " << report.drained << " connections drained, " << report.forced
              << " forced, " << report.failed << " failed, " << report.unsent_bytes
              << " bytes unsent\n"
              << "served: " << stats.connections_accepted << " connections, " << stats.messages
              << " messages, " << stats.bytes_received << " bytes received, " << stats.bytes_sent
              << " bytes sent" << std::endl;
}

template <class Transport, class F>
void serve_framing(const ServerSettings& settings, Log& log, F framing) {
    // What is counted byte by byte need not be text, so nothing waits for the rest of a character.
    if constexpr (std::same_as<F, charcount::RawFraming>)
        framing = F(settings.unit != UnitKind::bytes);
    charcount::Server<LoggingHandler, Transport, F> server(
        settings.options, LoggingHandler(log, Counter(settings.unit)), framing);
    server.start();
    std::cout << "listening on " << server.local_endpoint() << std::endl;
    const charcount::StopReport report = server.run();
    print_report(report, server.stats());
}

/// Compiles eight servers: four framings over two kinds of sockets.
template <class Tcp, class Local>
void serve_over(const ServerSettings& settings, Log& log) {
    with_framing(settings.framing, [&](auto framing) {
        if (settings.options.path.empty()) {
            serve_framing<Tcp>(settings, log, framing);
        } else {
            serve_framing<Local>(settings, log, framing);
        }
    });
}

}  // namespace programs

#endif
