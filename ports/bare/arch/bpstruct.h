/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/bpstruct.h (bare) - before a packed struct, with PACK_STRUCT_USE_INCLUDES: as on hosts. */
#include "../../common/arch/bpstruct.h"
