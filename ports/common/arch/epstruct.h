/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/epstruct.h (common) - after a packed struct, with PACK_STRUCT_USE_INCLUDES. */
#pragma pack(pop)
