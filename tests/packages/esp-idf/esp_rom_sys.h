/* SPDX-License-Identifier: BSD-3-Clause */
int esp_rom_printf(const char *format, ...);
