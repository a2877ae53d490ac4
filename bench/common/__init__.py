# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# What the reports of all benchmarks share.
