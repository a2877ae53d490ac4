# Copyright (c) 2026 The charcount authors
# SPDX-License-Identifier: MIT
#
# Run by ctest: makes the git repository REPOSITORY, bare, with the files of COPY under the tag TAG.

file(REMOVE_RECURSE "${REPOSITORY}")
set(git "${GIT}" "--git-dir=${REPOSITORY}")
set(author -c user.name=charcount -c user.email=charcount@localhost -c commit.gpgSign=false)
execute_process(
  COMMAND "${GIT}" init --quiet --bare "${REPOSITORY}" COMMAND_ERROR_IS_FATAL ANY
)
execute_process(
  COMMAND ${git} "--work-tree=${COPY}" add --all WORKING_DIRECTORY "${COPY}"
                                                 COMMAND_ERROR_IS_FATAL ANY
)
execute_process(
  COMMAND ${git} "--work-tree=${COPY}" ${author} commit --quiet --message=sources
  WORKING_DIRECTORY "${COPY}" COMMAND_ERROR_IS_FATAL ANY
)
execute_process(COMMAND ${git} ${author} tag "${TAG}" COMMAND_ERROR_IS_FATAL ANY)
