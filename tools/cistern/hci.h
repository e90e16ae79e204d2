/* SPDX-License-Identifier: BSD-3-Clause */
/* hci.h - `cistern size --hci`: what a NimBLE host holds, from captures of its HCI. */
#ifndef CISTERN_TOOL_HCI_H
#define CISTERN_TOOL_HCI_H

#include "size.h"

/* Sizes what the captures need, and prints it. Returns the exit status. */
int hci_run(const size_options_t *options);

#endif
