#!/bin/sh
# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Compiles and runs the shared program with a plain call of the compiler.
# Arguments: pkg-config, the compiler, the prefix, a folder to build in, Asio's folder or nothing.

set -eu

pkg_config=$1 compiler=$2 prefix=$3 build=$4 asio=${5:-}
rm -rf "$build"
mkdir -p "$build"
PKG_CONFIG_PATH=$prefix/share/pkgconfig
export PKG_CONFIG_PATH

# The prefix has a space, which pkg-config escapes for the shell that reads the line again.
flags=$("$pkg_config" --cflags --libs charcount)
eval "set -- $flags"
# shellcheck disable=SC2086  # asio may be empty
"$compiler" -std=c++20 "${0%/*}/../shared/main.cpp" -o "$build/consumer" \
    ${asio:+-isystem "$asio"} "$@"
output=$("$build/consumer")
[ "$output" = 5 ] || { echo "the program does not print 5 but $output" >&2; exit 1; }
