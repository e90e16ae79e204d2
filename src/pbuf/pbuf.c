/* pbuf.c - packet buffers: making, sharing, freeing.
 *
 * Words: see lwip/pbuf.h. `room` is header room.
 *
 *   PBUF_RAM    heap block   | struct pbuf | room | payload, length bytes |
 *                            ^ p             ^ PBUF_STRUCT_SIZE, aligned as the heap's blocks
 *   PBUF_POOL   elements     | struct pbuf | room | payload |--next-->| struct pbuf | payload |
 *   PBUF_REF    MEMP_PBUF    | struct pbuf |   payload --> the caller's memory
 *
 * I1  tot_len of a fragment is its len plus tot_len of the next one (modulo 65536 in pbuf_cat).
 * I2  a fragment's ref is the number of pointers to it: the callers' and the fragment before.
 * I3  ref is 0 iff the fragment has been given back; it is set before memory goes back, so that a
 *     second free of memory that nobody took yet sees it.
 * I4  with STRUCT_DATA_CONTIGUOUS, p + PBUF_STRUCT_SIZE <= payload.
 *
 * The common case, one fragment with one reference, goes straight through: heap and pools judge the
 * address, nothing is judged twice. pbuf_misuse.c has the rest.
 */
#include "pbuf_priv.h"

/* --- making ----------------------------------------------------------------------------------- */

/* A request that mem_size_t cannot express is not made: not even its highest value would do. */
static inline void *take_block(size_t room, pbuf_len_t length)
{
    const size_t behind = room + LWIP_MEM_ALIGN_SIZE((size_t)length);
    const size_t bytes = PBUF_STRUCT_SIZE + behind;
    const bool fits = behind >= length && bytes >= behind && (mem_size_t)bytes == bytes;
    return fits ? mem_malloc((mem_size_t)bytes) : pbuf_count_failure();
}

static inline bool fits_an_element(size_t room, pbuf_len_t length)
{
    const size_t most = PBUF_POOL_PAYLOAD_SIZE();
    return length <= most && room <= most - length;
}

struct pbuf *pbuf_alloc(pbuf_layer layer, pbuf_len_t length, pbuf_type type)
{
    const size_t room = LWIP_MEM_ALIGN_SIZE((size_t)layer);
    struct pbuf *p;
    if (type == PBUF_RAM) {
        p = take_block(room, length);
    } else if (type != PBUF_POOL) {
        return pbuf_alloc_reference(NULL, length, type);
    } else if (fits_an_element(room, length)) {
        p = pbuf_take_element();
    } else {
        return pbuf_alloc_elements(room, length);
    }
    if (p != NULL) {
        pbuf_set_up(p, (u8_t *)p + PBUF_STRUCT_SIZE + room, length, type, 0);
    }
    return p;
}

struct pbuf *pbuf_alloc_reference(void *payload, pbuf_len_t length, pbuf_type type)
{
    if (type != PBUF_REF && type != PBUF_ROM) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    struct pbuf *const p = memp_malloc(MEMP_PBUF);
    if (p != NULL) {
        pbuf_set_up(p, payload, length, type, 0);
    }
    return p;
}

#if LWIP_SUPPORT_CUSTOM_PBUF
struct pbuf *pbuf_alloced_custom(pbuf_layer l, pbuf_len_t length, pbuf_type type,
                                 struct pbuf_custom *p, void *payload_mem,
                                 pbuf_len_t payload_mem_len)
{
    const size_t room = LWIP_MEM_ALIGN_SIZE((size_t)l);
    if (p == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    if (room > payload_mem_len || length > payload_mem_len - room) {
        return NULL;
    }
    pbuf_set_up(&p->pbuf, payload_mem != NULL ? (u8_t *)payload_mem + room : NULL, length, type,
                PBUF_FLAG_IS_CUSTOM);
    return &p->pbuf;
}
#endif

/* --- sharing and freeing ---------------------------------------------------------------------- */

void pbuf_ref(struct pbuf *p)
{
    if (p == NULL) {
        return;
    }
    const LWIP_PBUF_REF_T before = pbuf_is_poisoned(p) ? 0 : pbuf_ref_take(p);
    if (before == 0 || before == PBUF_REF_PINNED - 1) {
        pbuf_misuse(CISTERN_FAULT_REFERENCE, p);
    }
}

/* Gives a fragment without references to where it came from: false iff that does not take it. */
static inline bool hand_back(struct pbuf *p)
{
    const unsigned source = pbuf_get_allocsrc(p);
    if ((p->flags & PBUF_FLAG_IS_CUSTOM) != 0 || !pbuf_is_source(source)) {
        return pbuf_hand_back_custom(p);
    }
    if (source == PBUF_TYPE_ALLOC_SRC_MASK_STD_HEAP) {
        return mem_try_free(p);
    }
    return memp_try_free(pbuf_pool_of(source), p);
}

/* Gives up one reference: true iff it was the last, the fragment is gone, and *next follows it. */
static inline bool release(struct pbuf *p, struct pbuf **next)
{
    if ((!pbuf_can_be_read(p) || pbuf_ref_read(p) != 1) && pbuf_drop_shared(p) != 1) {
        return false;
    }
    *next = p->next;
    pbuf_ref_write(p, 0); /* I3 */
    pbuf_trail_gone(p);
    const bool gone = hand_back(p);
    if (!gone) {
        pbuf_ref_write(p, 1);
        pbuf_trail_kept(p);
    }
    return gone;
}

pbuf_len_t pbuf_free(struct pbuf *p)
{
    pbuf_len_t freed = 0;
    do {
        if (!release(p, &p)) {
            break;
        }
        ++freed;
    } while (p != NULL);
    return freed;
}
