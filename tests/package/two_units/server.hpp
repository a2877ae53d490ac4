// Copyright (c) 2026 The charcount authors
// SPDX-License-Identifier: MIT
//
// What the two translation units share.

#ifndef CONSUMER_SERVER_HPP
#define CONSUMER_SERVER_HPP

#include <charcount/charcount.hpp>
#include <memory>
#include <system_error>

/// A server that listens.
std::unique_ptr<charcount::Server<>> start_server();

/// charcount's category of errors, as the other translation unit sees it.
const std::error_category& category_of_the_other_unit();

#endif
