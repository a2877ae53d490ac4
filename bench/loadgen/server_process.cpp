// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// See server_process.hpp.

#include "server_process.hpp"

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace charcount::bench {
namespace {

std::filesystem::path folder_of(pid_t pid) {
    return "/proc/" + std::to_string(pid);
}

std::vector<pid_t> threads_of(pid_t pid) {
    std::vector<pid_t> threads;
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder_of(pid) / "task", error), end;
         !error && at != end; at.increment(error)) {
        threads.push_back(static_cast<pid_t>(std::stol(at->path().filename().string())));
    }
    return threads;
}

// The second and third of the numbers behind the name, which may hold anything, are utime and
// stime once eleven fields are left out.
std::uint64_t cpu_by_stat(pid_t pid) {
    std::ifstream file(folder_of(pid) / "stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos)
        throw std::runtime_error("the server's process " + std::to_string(pid) + " is not there");
    std::istringstream fields(text.substr(name_end + 1));
    std::string field;
    for (int i = 0; i < 11; ++i) fields >> field;
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    fields >> user >> system;
    const auto ticks_per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
    return (user + system) * (1'000'000'000 / ticks_per_second);
}

// The clock is exact to the nanosecond and holds the threads that have ended, too.
std::uint64_t cpu_of(pid_t pid) {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return cpu_by_stat(pid);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

// Adds the kibibytes in the line `name` of a file in /proc.
void add_bytes(const std::filesystem::path& path, std::string_view name, std::size_t& bytes) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':')
            continue;
        bytes += std::stoull(line.substr(name.size() + 1)) * 1024;
    }
}

ThreadTimes thread_times(const std::filesystem::path& schedstat) {
    ThreadTimes times;
    std::ifstream file(schedstat);
    file >> times.running >> times.waiting;
    return times;
}

cpu_set_t cpus_of(pid_t pid) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(pid, sizeof set, &set) != 0)
        throw std::system_error(errno, std::generic_category(), "read the server's processors");
    return set;
}

}  // namespace

ThreadTimes own_thread_times() {
    return thread_times("/proc/thread-self/schedstat");
}

std::vector<pid_t> ServerProcess::family() const {
    std::vector<pid_t> family{pid_};
    for (std::size_t i = 0; i < family.size(); ++i) {
        for (const pid_t thread : threads_of(family[i])) {
            const auto task = folder_of(family[i]) / "task" / std::to_string(thread);
            std::ifstream children(task / "children");
            for (pid_t child = 0; children >> child;) family.push_back(child);
        }
    }
    return family;
}

ServerProcess::Cpu ServerProcess::cpu() const {
    Cpu cpu;
    for (const pid_t pid : family()) {
        cpu.all += cpu_of(pid);
        for (const pid_t thread : threads_of(pid)) {
            const auto task = folder_of(pid) / "task" / std::to_string(thread);
            cpu.threads[thread] = thread_times(task / "schedstat");
        }
    }
    return cpu;
}

ServerProcess::Memory ServerProcess::memory() const {
    Memory memory;
    for (const pid_t pid : family()) {
        // Exact, where it may be read; what is in `status` may lag behind by some pages.
        const std::size_t before = memory.resident_bytes;
        add_bytes(folder_of(pid) / "smaps_rollup", "Rss", memory.resident_bytes);
        add_bytes(folder_of(pid) / "smaps_rollup", "Anonymous", memory.anonymous_bytes);
        if (memory.resident_bytes > before) continue;
        add_bytes(folder_of(pid) / "status", "VmRSS", memory.resident_bytes);
        add_bytes(folder_of(pid) / "status", "RssAnon", memory.anonymous_bytes);
    }
    return memory;
}

int ServerProcess::cpus() const {
    const cpu_set_t set = cpus_of(pid_);
    return CPU_COUNT(&set);
}

bool ServerProcess::shares_its_only_cpu() const {
    const cpu_set_t theirs = cpus_of(pid_);
    const cpu_set_t ours = cpus_of(0);
    return CPU_COUNT(&theirs) == 1 && CPU_EQUAL(&theirs, &ours);
}

}  // namespace charcount::bench
