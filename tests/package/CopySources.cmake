# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by ctest: copies SOURCE to COPY without .git and without what was built, BINARY among it.

file(REMOVE_RECURSE "${COPY}")
file(GLOB entries LIST_DIRECTORIES ON "${SOURCE}/*")
foreach(entry IN LISTS entries)
  cmake_path(GET entry FILENAME name)
  cmake_path(IS_PREFIX entry "${BINARY}" NORMALIZE holds_build)
  if(NOT holds_build AND NOT name MATCHES "^(build.*|\\.git)$")
    file(COPY "${entry}" DESTINATION "${COPY}")
  endif()
endforeach()
