// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// The chat's sentences about connections.

#include "phrases.hpp"

#include <asio/error.hpp>
#include <charcount/error.hpp>

namespace {

using charcount::errc;

bool is_reset(std::error_code error) {
    return error == asio::error::connection_reset || error == asio::error::broken_pipe;
}

}  // namespace

std::string chat::pair(const std::string& host, std::uint16_t port) {
    return "('" + host + "', " + std::to_string(port) + ")";
}

std::string chat::address(const std::string& host, std::uint16_t port) {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string chat::seconds(std::chrono::milliseconds time) {
    const auto tenths = (time.count() + 50) / 100;
    return std::to_string(tenths / 10) + "," + std::to_string(tenths % 10) + " detik";
}

std::string chat::reason(std::error_code error) {
    if (error == errc::output_overflow || error == errc::write_timed_out)
        return "terlalu banyak pesan yang belum dibaca";
    if (error == errc::message_truncated) return "terputus di tengah pesan";
    if (error == errc::message_too_long) return "pesannya terlalu panjang";
    if (error == errc::connection_closed) return "koneksi sudah ditutup";
    if (error == errc::not_connected) return "tidak ada koneksi";
    if (error == asio::error::host_not_found) return "nama host tidak ditemukan";
    if (error == asio::error::address_in_use) return "alamat itu sudah dipakai program lain";
    if (error == std::errc::timed_out || error == asio::error::timed_out)
        return "tidak ada jawaban";
    if (is_reset(error)) return "koneksi diputus paksa (reset)";
    return error.message();
}

std::string chat::not_connected(const std::string& server, std::error_code error) {
    if (error == asio::error::connection_refused)
        return "Koneksi ditolak: tidak ada server di " + server;
    return "Tidak bisa terhubung ke " + server + ": " + reason(error);
}

std::string chat::server_lost(std::error_code error) {
    if (error == errc::connection_closed) return "Koneksi ditutup oleh server";
    if (is_reset(error)) return "Koneksi diputus paksa oleh server (reset)";
    return "Koneksi dengan server terputus: " + reason(error);
}

std::string chat::client_lost(const std::string& client, std::error_code error) {
    if (!error) return "Koneksi ditutup oleh client " + client;
    if (is_reset(error)) return "Koneksi diputus paksa oleh client " + client + " (reset)";
    return "Koneksi dengan " + client + " terputus: " + reason(error);
}

std::string chat::clients_connected(std::size_t count, const std::string& place) {
    if (count == 0) return "Menunggu client di " + place;
    return "Terhubung: " + std::to_string(count) + " client";
}
