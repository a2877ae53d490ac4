# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# The last resort when no Asio was found: downloads it if the option allows, or says what to do.

if(NOT CHARCOUNT_FETCH_ASIO)
  if(Asio_VERSION)
    set(found "found only ${Asio_VERSION}")
  elseif(Asio_INCLUDE_DIR)
    set(found "found none in ${Asio_INCLUDE_DIR}")
  elseif(ASIO_ROOT)
    set(found "found none in ${ASIO_ROOT}")
  else()
    set(found "found none")
  endif()
  message(
    FATAL_ERROR
      "charcount needs standalone Asio ${CHARCOUNT_ASIO_MINIMUM} or newer; ${found}.\n"
      "Install it (Debian, Ubuntu: libasio-dev), or set ASIO_ROOT to a folder that has it, "
      "or configure with -DCHARCOUNT_FETCH_ASIO=ON to download it."
  )
endif()

include(FetchContent)
FetchContent_Declare(
  asio
  GIT_REPOSITORY https://github.com/chriskohlhoff/asio.git
  GIT_TAG 8806a6803cde7054c3049d3666d3ec36786568c5 # 1.38.2
  # Asio has no CMakeLists.txt; a folder that does not exist keeps CMake from looking for one.
  SOURCE_SUBDIR none
)
FetchContent_MakeAvailable(asio)
set(Asio_ROOT "${asio_SOURCE_DIR}")
find_package(Asio ${CHARCOUNT_ASIO_MINIMUM} MODULE REQUIRED)
