/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_hooks.h - the hook, defined where LWIP_HOOK_FILENAME says, not in lwipopts.h. */
#ifndef MEMP_HOOKS_H
#define MEMP_HOOKS_H

#define LWIP_HOOK_MEMP_AVAILABLE(type) memp_available((int)(type))
void memp_available(int type);

#endif
