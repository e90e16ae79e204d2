/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/bpstruct.h (template) - before a packed struct, with PACK_STRUCT_USE_INCLUDES. No guard: it is
 * included once for each struct. That packing outlasts this file is what clang warns of, and the
 * purpose. */
#ifdef __clang__
#    pragma clang diagnostic ignored "-Wpragma-pack"
#endif
#pragma pack(push, 1)
