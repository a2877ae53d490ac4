# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# What Doxygen reads of a header: all but the internals, each promise on a line of its own. The
# lines keep their numbers.

/^namespace detail {/,/^}  \/\/ namespace detail/s/.*//
s,^\( *///\) \(\*[A-Z][a-z ]*\*:\),\1 <br>\2,
