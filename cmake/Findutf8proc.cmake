# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Finds utf8proc and provides the target utf8proc::utf8proc, for the build and for installed packages.
#
# Looked at in this order:
#   1. a target utf8proc::utf8proc that exists already; it is taken as it is;
#   2. a CMake package (utf8proc built with CMake, Conan);
#   3. utf8proc.h and the library in the places where CMake looks, first below utf8proc_ROOT.
#
# Sets utf8proc_FOUND, utf8proc_VERSION (unset for 1.) and, when it looked for files,
# utf8proc_INCLUDE_DIR and utf8proc_LIBRARY. Debian's libutf8proc.pc is not asked: it names
# another version than the header does.

set(utf8proc_VERSION "")
if(NOT TARGET utf8proc::utf8proc AND NOT utf8proc_LIBRARY)
  find_package(utf8proc CONFIG QUIET GLOBAL)
  mark_as_advanced(utf8proc_DIR)
endif()

if(TARGET utf8proc::utf8proc)
  set(_utf8proc_place utf8proc::utf8proc)
else()
  find_path(utf8proc_INCLUDE_DIR utf8proc.h DOC "The folder that holds utf8proc.h")
  find_library(utf8proc_LIBRARY utf8proc DOC "The library utf8proc")
  mark_as_advanced(utf8proc_INCLUDE_DIR utf8proc_LIBRARY)
  set(_utf8proc_place "")
  set(utf8proc_VERSION "")
  if(utf8proc_INCLUDE_DIR AND utf8proc_LIBRARY)
    set(_utf8proc_place "${utf8proc_LIBRARY}")
    file(STRINGS "${utf8proc_INCLUDE_DIR}/utf8proc.h" _utf8proc_lines
         REGEX "^#define UTF8PROC_VERSION_(MAJOR|MINOR|PATCH) [0-9]+"
    )
    list(TRANSFORM _utf8proc_lines REPLACE ".* ([0-9]+).*" "\\1")
    list(JOIN _utf8proc_lines "." utf8proc_VERSION)
  endif()
endif()

if(NOT utf8proc_VERSION)
  unset(utf8proc_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  utf8proc
  REQUIRED_VARS _utf8proc_place
  VERSION_VAR utf8proc_VERSION
  REASON_FAILURE_MESSAGE
    "utf8proc is missing or too old: install it (Debian, Ubuntu: libutf8proc-dev) or set utf8proc_ROOT to its folder"
)

if(utf8proc_FOUND AND NOT TARGET utf8proc::utf8proc)
  add_library(utf8proc::utf8proc UNKNOWN IMPORTED GLOBAL)
  set_target_properties(
    utf8proc::utf8proc
    PROPERTIES IMPORTED_LOCATION "${utf8proc_LIBRARY}"
               INTERFACE_INCLUDE_DIRECTORIES "${utf8proc_INCLUDE_DIR}"
  )
endif()
