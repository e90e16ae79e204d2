/* SPDX-License-Identifier: BSD-3-Clause */
void printk(const char *format, ...);
