/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/epstruct.h (bare) - after a packed struct, with PACK_STRUCT_USE_INCLUDES: as on hosts. */
#include "../../common/arch/epstruct.h"
