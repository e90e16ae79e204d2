/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/version.h - the version of the library, in the one place where it is written.
 *
 * Versions count as semver.org says: a program that compiles with one version compiles with every
 * later one of the same major number (0.x: of the same minor number).
 */
#ifndef CISTERN_VERSION_H
#define CISTERN_VERSION_H

#define CISTERN_VERSION_MAJOR 0
#define CISTERN_VERSION_MINOR 2
#define CISTERN_VERSION_PATCH 0

/* For comparisons: CISTERN_VERSION >= CISTERN_VERSION_AT(0, 2, 0). */
#define CISTERN_VERSION_AT(major, minor, patch) ((major)*1000000L + (minor)*1000L + (patch))
#define CISTERN_VERSION                                                                            \
    CISTERN_VERSION_AT(CISTERN_VERSION_MAJOR, CISTERN_VERSION_MINOR, CISTERN_VERSION_PATCH)

#define CISTERN_VERSION_STRING                                                                     \
    CISTERN_VERSION_QUOTED(CISTERN_VERSION_MAJOR, CISTERN_VERSION_MINOR, CISTERN_VERSION_PATCH)
#define CISTERN_VERSION_QUOTED(major, minor, patch)  CISTERN_VERSION_QUOTED_(major, minor, patch)
#define CISTERN_VERSION_QUOTED_(major, minor, patch) #major "." #minor "." #patch

#endif
