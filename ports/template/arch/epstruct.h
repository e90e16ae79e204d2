/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/epstruct.h (template) - after a packed struct, with PACK_STRUCT_USE_INCLUDES. */
#pragma pack(pop)
