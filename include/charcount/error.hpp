// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The library's own errors as std::error_code: each message says what happened and what to do.

#ifndef CHARCOUNT_ERROR_HPP
#define CHARCOUNT_ERROR_HPP

#include <string>
#include <system_error>
#include <type_traits>

namespace charcount {

/// What can go wrong beyond the operating system's own errors.
enum class errc {
    accept_timed_out = 1,  ///< no client connected within the accept timeout
    resolve_timed_out,     ///< the host's name was not looked up in time
    connect_timed_out,     ///< no address of the host accepted the connection in time
    send_timed_out,        ///< a client could not hand over its message in time
    receive_timed_out,     ///< a client got no reply in time
    message_timed_out,     ///< a message did not arrive whole within the message timeout
    idle_timed_out,        ///< a session was quiet for longer than the idle timeout
    write_timed_out,       ///< the peer took none of the pending output within the write timeout
    drain_timed_out,       ///< output was still unsent at the drain deadline
    message_too_long,      ///< a message exceeds the limit on its bytes
    message_truncated,     ///< the stream ended inside a message
    output_overflow,       ///< the pending output of a connection is at its limit
    handler_failed,        ///< the handler threw an exception
    not_connected,         ///< the operation needs a connection
    already_connected,     ///< there is a connection already
    connection_closed,     ///< the peer closed the connection
    server_stopped,        ///< the server was stopped
    already_started,       ///< the server was started before
    invalid_option,        ///< an option has a value outside its range
};

namespace detail {

class ErrorCategory final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "charcount"; }

    [[nodiscard]] std::string message(int value) const override {
        return text(static_cast<errc>(value));
    }

    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override {
        switch (static_cast<errc>(value)) {
            case errc::accept_timed_out:
            case errc::resolve_timed_out:
            case errc::connect_timed_out:
            case errc::send_timed_out:
            case errc::receive_timed_out:
            case errc::message_timed_out:
            case errc::idle_timed_out:
            case errc::write_timed_out:
            case errc::drain_timed_out:
                return std::errc::timed_out;
            case errc::message_too_long:
                return std::errc::message_size;
            case errc::output_overflow:
                return std::errc::no_buffer_space;
            case errc::not_connected:
                return std::errc::not_connected;
            case errc::already_connected:
                return std::errc::already_connected;
            case errc::connection_closed:
                return std::errc::connection_aborted;
            case errc::server_stopped:
                return std::errc::operation_canceled;
            case errc::invalid_option:
                return std::errc::invalid_argument;
            case errc::message_truncated:
            case errc::handler_failed:
            case errc::already_started:
                break;
        }
        return {value, *this};
    }

private:
    static const char* text(errc error) noexcept {
        switch (error) {
            case errc::accept_timed_out:
                return "no client connected in time; connect sooner or raise the accept timeout";
            case errc::resolve_timed_out:
                return "the host name was not resolved in time; check it or use an address";
            case errc::connect_timed_out:
                return "the server did not answer in time; check its host, port and firewall";
            case errc::send_timed_out:
                return "the message was not sent in time; check that the peer reads its input";
            case errc::receive_timed_out:
                return "no reply in time; use the same framing on both sides or raise the timeout";
            case errc::message_timed_out:
                return "the message was not whole in time; send faster or raise the timeout";
            case errc::idle_timed_out:
                return "the connection was idle for too long; reconnect or raise the idle timeout";
            case errc::write_timed_out:
                return "the peer stopped reading; make it read or raise the write timeout";
            case errc::drain_timed_out:
                return "output was unsent at the drain deadline; raise the drain timeout";
            case errc::message_too_long:
                return "the message is too long; send less or raise the limit on message bytes";
            case errc::message_truncated:
                return "the connection ended inside a message; end each message before closing";
            case errc::output_overflow:
                return "too much output waits for this peer; make it read or raise the limit";
            case errc::handler_failed:
                return "the handler threw an exception, so its session ended; fix the handler";
            case errc::not_connected:
                return "there is no connection; connect first";
            case errc::already_connected:
                return "there is a connection already; close it before you connect again";
            case errc::connection_closed:
                return "the peer closed the connection; reconnect to go on";
            case errc::server_stopped:
                return "the server was stopped; create a new one to serve again";
            case errc::already_started:
                return "the server was started before; start each server object once";
            case errc::invalid_option:
                return "an option is outside its range; see the documentation of the options";
        }
        return "unknown charcount error; its code was not made from charcount::errc";
    }
};

}  // namespace detail

/// The category of all `errc` codes; its name is "charcount".
///
/// *Thread safety*: any thread.
[[nodiscard]] inline const std::error_category& error_category() noexcept {
    static const detail::ErrorCategory category;
    return category;
}

/// The error code of an `errc`; found by the compiler when an `errc` is assigned or compared.
///
/// The codes also equal conditions of `std::errc` where one fits: every `*_timed_out` equals
/// `std::errc::timed_out`, whether the library or the operating system gave up.
[[nodiscard]] inline std::error_code make_error_code(errc error) noexcept {
    return {static_cast<int>(error), error_category()};
}

}  // namespace charcount

/// Lets an `errc` stand wherever a `std::error_code` is expected.
template <>
struct std::is_error_code_enum<charcount::errc> : std::true_type {};

#endif
