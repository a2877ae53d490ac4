# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Finds standalone Asio and provides the target asio::asio, for the build and for installed packages.
#
# Looked at in this order:
#   1. a target asio::asio that exists already;
#   2. Asio_INCLUDE_DIR, or a folder named by ASIO_ROOT or Asio_ROOT (variable or environment);
#      nothing else is tried when one of them is given;
#   3. a CMake package (Conan, vcpkg);
#   4. asio.hpp in the places where CMake looks for headers.
#
# Sets Asio_FOUND, Asio_VERSION (unset when nobody can tell it; then any is taken) and, when it
# looked for headers, Asio_INCLUDE_DIR.

# The version that the headers in a folder have; empty when it cannot be told.
function(_asio_read_version folder result)
  set(${result} "" PARENT_SCOPE)
  if(NOT EXISTS "${folder}/asio/version.hpp")
    return()
  endif()
  file(STRINGS "${folder}/asio/version.hpp" line REGEX "^#define ASIO_VERSION [0-9]+")
  if(line MATCHES "ASIO_VERSION ([0-9]+)")
    math(EXPR major "${CMAKE_MATCH_1} / 100000")
    math(EXPR minor "${CMAKE_MATCH_1} / 100 % 1000")
    math(EXPR patch "${CMAKE_MATCH_1} % 100")
    set(${result} "${major}.${minor}.${patch}" PARENT_SCOPE)
  endif()
endfunction()

# The version of a target that somebody else made.
function(_asio_read_target_version result)
  set(${result} "" PARENT_SCOPE)
  get_target_property(folders asio::asio INTERFACE_INCLUDE_DIRECTORIES)
  foreach(folder IN LISTS folders)
    # It may stand in a condition, as in $<BUILD_INTERFACE:folder>.
    string(REGEX REPLACE "^\\$<.+:([^<>]+)>+$" "\\1" folder "${folder}")
    _asio_read_version("${folder}" version)
    if(version)
      set(${result} "${version}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# The folder that the user named, as an absolute path; empty when none.
function(_asio_read_hint result)
  set(${result} "" PARENT_SCOPE)
  foreach(hint IN ITEMS "${Asio_ROOT}" "${ASIO_ROOT}" "$ENV{Asio_ROOT}" "$ENV{ASIO_ROOT}")
    if(hint)
      cmake_path(ABSOLUTE_PATH hint BASE_DIRECTORY "${CMAKE_SOURCE_DIR}" NORMALIZE)
      set(${result} "${hint}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

set(Asio_VERSION "")
if(NOT TARGET asio::asio)
  _asio_read_hint(_asio_hint)
  if(_asio_hint)
    # A folder named now wins over one that an earlier run has cached.
    if(DEFINED CACHE{Asio_INCLUDE_DIR})
      cmake_path(IS_PREFIX _asio_hint "${Asio_INCLUDE_DIR}" NORMALIZE _asio_hint_is_used)
      if(NOT _asio_hint_is_used)
        unset(Asio_INCLUDE_DIR CACHE)
      endif()
    endif()
    # Upstream moved its headers from asio/include to include in 1.38.
    find_path(
      Asio_INCLUDE_DIR asio.hpp
      PATHS "${_asio_hint}"
      PATH_SUFFIXES include asio/include
      NO_DEFAULT_PATH
      DOC "The folder that holds asio.hpp"
    )
  elseif(NOT Asio_INCLUDE_DIR)
    find_package(asio CONFIG QUIET GLOBAL)
    set(Asio_VERSION "${asio_VERSION}")
    mark_as_advanced(asio_DIR)
  endif()
endif()

if(TARGET asio::asio)
  if(NOT Asio_VERSION)
    _asio_read_target_version(Asio_VERSION)
  endif()
  set(_asio_place asio::asio)
else()
  if(NOT _asio_hint)
    find_path(Asio_INCLUDE_DIR asio.hpp DOC "The folder that holds asio.hpp")
  endif()
  mark_as_advanced(Asio_INCLUDE_DIR)
  if(Asio_INCLUDE_DIR)
    _asio_read_version("${Asio_INCLUDE_DIR}" Asio_VERSION)
  endif()
  set(_asio_place "")
  if(Asio_VERSION)
    set(_asio_place "${Asio_INCLUDE_DIR}")
  endif()
endif()

if(NOT Asio_VERSION)
  unset(Asio_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  Asio
  REQUIRED_VARS _asio_place
  VERSION_VAR Asio_VERSION
  REASON_FAILURE_MESSAGE
    "standalone Asio is missing or too old: install it (Debian, Ubuntu: libasio-dev) or set ASIO_ROOT to its folder"
)

if(Asio_FOUND)
  if(NOT TARGET asio::asio)
    find_package(Threads REQUIRED)
    add_library(asio::asio INTERFACE IMPORTED GLOBAL)
    target_include_directories(asio::asio INTERFACE "${Asio_INCLUDE_DIR}")
    target_compile_definitions(asio::asio INTERFACE ASIO_STANDALONE)
    target_link_libraries(asio::asio INTERFACE Threads::Threads)
  endif()

  # Before 1.26 Asio does not see that clang has coroutines. The definitions change the layout of
  # Asio's own types, so they belong to its target: then all that use it in one program agree.
  if(NOT Asio_VERSION OR Asio_VERSION VERSION_LESS 1.26)
    set(_asio_target asio::asio)
    get_target_property(_asio_aliased asio::asio ALIASED_TARGET)
    if(_asio_aliased)
      set(_asio_target ${_asio_aliased})
    endif()
    target_compile_definitions(
      ${_asio_target}
      INTERFACE
        "$<$<CXX_COMPILER_ID:Clang,AppleClang>:ASIO_HAS_CO_AWAIT=1;ASIO_HAS_STD_COROUTINE=1>"
    )
  endif()
endif()
