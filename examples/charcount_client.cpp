// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// charcount-client: sends messages to a server and prints its replies. See --help.

#include <CLI/App.hpp>
#include <algorithm>
#include <cerrno>
#include <charcount/error.hpp>
#include <charcount/options.hpp>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "programs/command_line.hpp"
#include "programs/connection.hpp"
#include "programs/progress_bar.hpp"
#include "programs/settings.hpp"
#include "programs/standard_input.hpp"

namespace {

using namespace programs;

/// A conversation with the server that the settings name.
class Talk {
public:
    explicit Talk(const ClientSettings& settings) : settings_(settings) { connect(); }

    /// Sends the messages of the command line.
    void send_messages() {
        for (std::size_t i = 0; i < settings_.messages.size(); ++i) {
            // There, a message is all that a connection carries.
            if (i > 0 && settings_.framing == FramingKind::eof) connect();
            print(request(settings_.messages[i]));
        }
    }

    /// Sends each line of standard input and waits for its reply.
    void send_lines() {
        const bool prompts = is_input_terminal();
        while (true) {
            if (prompts) std::cerr << "message: " << std::flush;
            const std::optional<std::string> line = input_.read_line();
            if (!line) break;
            if (line->empty() && settings_.framing == FramingKind::raw)
                throw std::runtime_error("an empty line can't be sent with --framing raw");
            print(request(*line));
        }
        if (prompts) std::cerr << std::endl;
    }

    /// Sends all of standard input as one message.
    void send_stream() {
        if (is_input_terminal())
            std::cerr << "message, ended by Ctrl-D at the start of a line:" << std::endl;
        std::error_code send_error;
        {
            ProgressBar progress(remaining_input_bytes());
            while (!send_error) {
                const std::string_view piece = input_.read_piece();
                if (piece.empty()) break;
                connection_->send(piece, send_error);
                progress.advance(piece.size());
            }
        }
        if (send_error == charcount::errc::send_timed_out) fail("send to", send_error);
        // A server that refuses a message says so before it closes.
        std::error_code error;
        const std::string reply =
            send_error ? connection_->receive(error) : connection_->request({}, error);
        if (error) fail("request to", send_error ? send_error : error);
        print(reply);
    }

    /// 0, or what says that there was an `error: ` reply.
    [[nodiscard]] int exit_status() const noexcept { return status_; }

private:
    void connect() {
        const bool is_async = settings_.transport == TransportKind::async;
        connection_ = (is_async ? make_async_connection : make_blocking_connection)(settings_);
        std::error_code error;
        connection_->connect(error);
        if (error) fail("connect to", error);
    }

    std::string request(std::string_view message) {
        std::error_code error;
        std::string reply = connection_->request(message, error);
        if (error) fail("request to", error);
        return reply;
    }

    void print(std::string_view reply) {
        if (reply.starts_with("error: ")) status_ = error_reply;
        std::cout << reply << std::endl;
        if (!std::cout)
            throw std::system_error(errno, std::generic_category(), "write standard output");
    }

    [[noreturn]] void fail(const std::string& operation, std::error_code error) const {
        const charcount::ClientOptions& options = settings_.options;
        const bool is_ipv6 = options.host.find(':') != std::string::npos;
        const std::string host = is_ipv6 ? "[" + options.host + "]" : options.host;
        const std::string server =
            options.path.empty() ? host + ":" + std::to_string(options.port) : options.path;
        throw std::system_error(error, operation + " " + server);
    }

    const ClientSettings& settings_;
    std::unique_ptr<Connection> connection_;
    StandardInput input_;
    int status_ = 0;
};

/// The messages are what CLI11 leaves over: as values of an option, it would take "[a,b]" apart.
std::vector<std::string> take_messages(const CLI::App& app) {
    std::vector<std::string> messages = app.remaining();
    const auto mark = std::find(messages.begin(), messages.end(), "--");
    const auto is_option = [](const std::string& text) {
        return text.size() > 1 && text[0] == '-';
    };
    const auto unknown = std::find_if(messages.begin(), mark, is_option);
    if (unknown != mark)
        throw CLI::ValidationError(*unknown,
                                   "no such option; a message that begins so goes after --");
    if (mark != messages.end()) messages.erase(mark);
    return messages;
}

/// Refuses what would arrive as another message than the one that was given.
void check_messages(const ClientSettings& settings) {
    for (const std::string& message : settings.messages) {
        const bool breaks_line = message.find('\n') != std::string::npos || message.ends_with('\r');
        if (settings.framing == FramingKind::line && breaks_line)
            throw CLI::ValidationError("MESSAGE", "holds a line's end; use --framing length");
        if (settings.framing == FramingKind::raw && message.empty())
            throw CLI::ValidationError("MESSAGE", "can't be empty with --framing raw");
    }
}

int talk(const ClientSettings& settings) {
    Talk talk(settings);
    if (!settings.messages.empty()) {
        talk.send_messages();
    } else if (settings.framing == FramingKind::eof) {
        talk.send_stream();
    } else {
        talk.send_lines();
    }
    return talk.exit_status();
}

}  // namespace

int main(int argc, char** argv) {
    ClientSettings settings;
    std::chrono::milliseconds timeout{10'000};
    settings.options.port = 12345;
    CLI::App app("Sends each MESSAGE to a server and prints each reply on a line of its own.",
                 "charcount-client");
    prepare(app, "charcount-client [OPTION]... [MESSAGE]...");
    app.allow_extras();
    add_address(app, settings.options, 1);
    add_framing(app, settings.framing);
    add_transport(app, settings.transport, "How it waits; the replies are the same [blocking]");
    add_seconds(app, "--timeout", timeout,
                "How long finding the server, connecting, sending and each reply\nmay take [10]");
    app.footer(
        "Without a MESSAGE it asks for messages on a terminal; otherwise it sends each line of\n"
        "standard input, or, with --framing eof, all of it as one message of any length.\n"
        "Seconds may have a fraction; 0 is no limit.\n"
        "Exit status: 0 when every message got its reply; 1 when one did not; 2 for a wrong\n"
        "option; 3 when every message got its reply, but one of them begins with \"error: \".");
    return run(app, argc, argv, [&] {
        settings.messages = take_messages(app);
        check_messages(settings);
        settings.options.resolve_timeout = settings.options.connect_timeout = timeout;
        settings.options.send_timeout = settings.options.receive_timeout = timeout;
        return talk(settings);
    });
}
