# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by ctest: fails when a header of Asio came from elsewhere than ASIO_DIRS. Where two versions
# are installed, a header that the chosen one lacks is silently taken from the other.

execute_process(
  COMMAND "${NINJA}" -C "${BUILD_DIR}" -t deps
  OUTPUT_VARIABLE dependencies
  COMMAND_ERROR_IS_FATAL ANY
)
string(REGEX MATCHALL "[^\n]*/asio/[^\n]*\\.[hi]pp" headers "${dependencies}")
list(TRANSFORM headers STRIP)
list(REMOVE_DUPLICATES headers)

# GCC names a header of the system by its real path where that is shorter, and the project itself may
# lie below a folder named asio.
set(good_dirs "${PROJECT_DIR}")
foreach(dir IN LISTS ASIO_DIRS)
  file(REAL_PATH "${dir}/asio" real_dir)
  list(APPEND good_dirs "${dir}" "${real_dir}")
endforeach()

set(count 0)
set(foreign "")
foreach(header IN LISTS headers)
  set(is_good FALSE)
  foreach(dir IN LISTS good_dirs)
    cmake_path(IS_PREFIX dir "${header}" NORMALIZE is_below)
    if(is_below)
      set(is_good TRUE)
    endif()
  endforeach()
  if(is_good)
    math(EXPR count "${count} + 1")
  else()
    string(APPEND foreign "\n  ${header}")
  endif()
endforeach()

if(foreign)
  message(FATAL_ERROR "not from ${ASIO_DIRS}:${foreign}")
elseif(count EQUAL 0)
  message(FATAL_ERROR "no header of Asio was used from ${ASIO_DIRS}")
endif()
message("${count} headers, all from ${ASIO_DIRS}")
