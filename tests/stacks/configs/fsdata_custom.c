/* SPDX-License-Identifier: BSD-3-Clause */
/* fsdata_custom.c - no files, for web servers whose projects have their own: lwIP includes it. */
#define FS_ROOT    NULL
#define FS_NUMROOT 0
