/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/priv/pbuf_places.h - records who makes, shares and frees packet buffers: the end of
 * lwip/pbuf.h from check level 3 on. cistern/pbuf_history.h shows what was recorded.
 */
#ifndef LWIP_PRIV_PBUF_PLACES_H
#define LWIP_PRIV_PBUF_PLACES_H

#ifdef __cplusplus
extern "C" {
#endif

/* What the macros call. The first returns p, whose fragments that have no place yet were taken
 * here. */
struct pbuf *cistern_pbuf_taken_at(struct pbuf *p, const char *file, int line);
pbuf_len_t cistern_pbuf_free_at(struct pbuf *p, const char *file, int line);
void cistern_pbuf_ref_at(struct pbuf *p, const char *file, int line);

#ifdef __cplusplus
}
#endif

#define pbuf_alloc(layer, length, type)                                                            \
    cistern_pbuf_taken_at(pbuf_alloc((layer), (length), (type)), __FILE__, __LINE__)
#define pbuf_alloc_reference(payload, length, type)                                                \
    cistern_pbuf_taken_at(pbuf_alloc_reference((payload), (length), (type)), __FILE__, __LINE__)
#if LWIP_SUPPORT_CUSTOM_PBUF
#    define pbuf_alloced_custom(layer, length, type, p, memory, bytes)                             \
        cistern_pbuf_taken_at(                                                                     \
            pbuf_alloced_custom((layer), (length), (type), (p), (memory), (bytes)), __FILE__,      \
            __LINE__)
#endif
#define pbuf_clone(layer, type, p)                                                                 \
    cistern_pbuf_taken_at(pbuf_clone((layer), (type), (p)), __FILE__, __LINE__)
#define pbuf_coalesce(p, layer)                                                                    \
    cistern_pbuf_taken_at(pbuf_coalesce((p), (layer)), __FILE__, __LINE__)
#define pbuf_free(p) cistern_pbuf_free_at((p), __FILE__, __LINE__)
#define pbuf_ref(p)  cistern_pbuf_ref_at((p), __FILE__, __LINE__)

#endif
