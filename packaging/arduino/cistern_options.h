/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern_options.h - the options of the library, which it reads first: those of cistern/config.h in
 * cistern.h, e.g. #define CISTERN_CHECK 2. */
