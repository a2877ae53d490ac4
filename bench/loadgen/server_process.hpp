// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the server's process uses, as Linux tells it: processor time and memory.

#ifndef CHARCOUNT_BENCH_LOADGEN_SERVER_PROCESS_HPP
#define CHARCOUNT_BENCH_LOADGEN_SERVER_PROCESS_HPP

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace charcount::bench {

/// Of one thread, in nanoseconds since its start; a few milliseconds old.
struct ThreadTimes {
    std::uint64_t running = 0;
    std::uint64_t waiting = 0;  ///< ready to run, but not running
};

/// Of the thread that calls it.
[[nodiscard]] ThreadTimes own_thread_times();

/// A process and its descendants, as long as they live.
///
/// *Errors*: `std::runtime_error` when the process has ended.
class ServerProcess {
public:
    explicit ServerProcess(pid_t pid) : pid_(pid) { [[maybe_unused]] const auto now = cpu(); }

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

    struct Cpu {
        std::uint64_t all = 0;  ///< nanoseconds of processor time, with the threads that have ended
        std::map<pid_t, ThreadTimes> threads;  ///< each that lives
    };
    [[nodiscard]] Cpu cpu() const;

    struct Memory {
        std::size_t resident_bytes = 0;
        std::size_t anonymous_bytes = 0;  ///< of these: heap and stacks, no files
    };
    [[nodiscard]] Memory memory() const;

    [[nodiscard]] std::size_t processes() const { return family().size(); }

    /// On how many processors it may run.
    [[nodiscard]] int cpus() const;

    /// Whether it and this process may run on one processor only, the same.
    [[nodiscard]] bool shares_its_only_cpu() const;

private:
    [[nodiscard]] std::vector<pid_t> family() const;

    pid_t pid_;
};

}  // namespace charcount::bench

#endif
