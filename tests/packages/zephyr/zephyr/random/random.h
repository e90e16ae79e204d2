/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>

void sys_rand_get(void *to, size_t bytes);
