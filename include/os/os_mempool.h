/* os/os_mempool.h - pools: Mynewt's interface.
 *
 * A struct os_mempool is a pool of cistern/pool.h under Mynewt's field names; both kinds stand in
 * one registry. Fields may be read at any time; none may be written.
 *
 * Differences from Mynewt that a client can see:
 *   - block sizes and counts are size_t, so pools of any size work
 *   - double, foreign, interior, misaligned and wrong-pool puts are faults in every build: reported
 *     to cistern/fault.h and refused with OS_INVALID_PARM
 *   - pools of cistern/pool.h appear in listings too; lwIP's do not: see lwip/memp.h
 */
#ifndef H_OS_MEMPOOL_
#define H_OS_MEMPOOL_

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With Mynewt's or NimBLE's tree present its os.h says OS_ALIGNMENT. */
#if defined __has_include
#    if __has_include("os/os.h")
#        include "os/os.h"
#    endif
#endif

#include "cistern/pool.h"
#include "os/os_error.h"
#include "os/queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- memory of a pool ------------------------------------------------------------------------- */

/* Alignment of blocks in bytes: 4, 8 or 16. */
#ifndef OS_ALIGNMENT
#    if UINTPTR_MAX > 0xffffffffUL
#        define OS_ALIGNMENT 8
#    else
#        define OS_ALIGNMENT 4
#    endif
#endif

#if OS_ALIGNMENT != 4 && OS_ALIGNMENT != 8 && OS_ALIGNMENT != 16
#    error "OS_ALIGNMENT must be 4, 8 or 16"
#endif

/* An element of a buffer. It is never less aligned than a pointer, since free blocks hold one: with
 * 64-bit pointers OS_ALIGNMENT 4 has the effect of 8. */
#if OS_ALIGNMENT == 16
typedef struct os_membuf_16 {
    alignas(16) uint64_t half[2];
} os_membuf_t;
#elif OS_ALIGNMENT == 8 || UINTPTR_MAX > 0xffffffffUL
typedef uint64_t os_membuf_t;
#else
typedef uint32_t os_membuf_t;
#endif

/* `n` rounded up to a multiple of a power of two. */
#ifndef OS_ALIGN
#    define OS_ALIGN(n, alignment) CISTERN_POOL_ALIGN_UP(n, alignment)
#endif

/* Guards behind the blocks of plain pools: only if Mynewt's own option asks for them, since clients
 * index blocks by their size. */
#if defined OS_MEMPOOL_GUARD && OS_MEMPOOL_GUARD > 0
#    define OS_MEMPOOL_HAS_GUARD 1
#else
#    define OS_MEMPOOL_HAS_GUARD 0
#endif

/* Bytes that a block of `sz` bytes takes; with guards, of an extended pool the same without. */
#if OS_MEMPOOL_HAS_GUARD
#    define OS_MEMPOOL_BLOCK_SZ(sz)     CISTERN_POOL_STRIDE(sz, OS_ALIGNMENT)
#    define OS_MEMPOOL_ALL_BYTES(n, sz) CISTERN_POOL_BYTES(n, sz, OS_ALIGNMENT)
#else
#    define OS_MEMPOOL_BLOCK_SZ(sz)     CISTERN_POOL_TIGHT_STRIDE(sz, OS_ALIGNMENT)
#    define OS_MEMPOOL_ALL_BYTES(n, sz) ((size_t)(n)*OS_MEMPOOL_BLOCK_SZ(sz))
#endif

/* Elements of os_membuf_t, and bytes, of a buffer for n blocks of blksize bytes. */
#define OS_MEMPOOL_SIZE(n, blksize)                                                                \
    ((OS_MEMPOOL_ALL_BYTES(n, blksize) + sizeof(os_membuf_t) - 1U) / sizeof(os_membuf_t))
#define OS_MEMPOOL_BYTES(n, blksize) (sizeof(os_membuf_t) * OS_MEMPOOL_SIZE(n, blksize))

/* --- types ------------------------------------------------------------------------------------ */

#define OS_MEMPOOL_INFO_NAME_LEN 32

/* mp_flags: the pool is the first member of a struct os_mempool_ext. */
#define OS_MEMPOOL_F_EXT 0x01

/* A free block. */
struct os_memblock {
    SLIST_ENTRY(os_memblock) mb_next;
};

/* A pool: Mynewt's names for the engine's fields. */
struct os_mempool {
    union {
        struct {
            size_t mp_block_size;             /* bytes per block, as asked for */
            size_t mp_num_blocks;             /* blocks in all */
            size_t mp_num_free;               /* free now */
            size_t mp_min_free;               /* lowest mp_num_free since init or clear */
            uint8_t mp_flags;                 /* OS_MEMPOOL_F_EXT */
            uint8_t mp_reserved[3];           /* the engine's */
            uintptr_t mp_membuf_addr;         /* address of the first block */
            STAILQ_ENTRY(os_mempool) mp_list; /* in the registry */
            SLIST_HEAD(, os_memblock);        /* free blocks, last freed first */
            const char *name;
        };
        cistern_pool_t mp_engine;
    };
};

struct os_mempool_ext;

/* Called when a block of an extended pool is put, instead of giving it back: in the caller's
 * context, outside the critical section, before mp_num_free goes up and before the block's content
 * changes. It may get and put, and gives the block back by os_memblock_put_from_cb, now or later.
 * Its result is what os_memblock_put returns. */
typedef os_error_t os_mempool_put_fn(struct os_mempool_ext *ome, void *data, void *arg);

/* A pool with a callback, which the user sets after os_mempool_ext_init. */
struct os_mempool_ext {
    struct os_mempool mpe_mp; /* first */
    os_mempool_put_fn *mpe_put_cb;
    void *mpe_put_arg;
};

struct os_mempool_info {
    int omi_block_size;
    int omi_num_blocks;
    int omi_num_free;
    int omi_min_free;
    char omi_name[OS_MEMPOOL_INFO_NAME_LEN]; /* truncated to 31 characters */
};

/* --- functions -------------------------------------------------------------------------------- */

/* Empties the list of pools, without reading one and without a lock: for ports that start their OS
 * anew. Constant time. Thread context, before other threads run. */
void os_mempool_module_init(void);

/* Makes a pool of `blocks` blocks of `block_size` bytes in `membuf` and registers it; again on a
 * registered pool it starts anew and keeps its place in the list. `name` is stored, not copied;
 * NULL and duplicates are accepted. Fails iff mp is NULL, block_size is 0, membuf is NULL with
 * blocks > 0 or the size does not fit the address space (OS_INVALID_PARM), or membuf is not aligned
 * to OS_ALIGNMENT (OS_MEM_NOT_ALIGNED). A failure registers nothing. Linear in blocks and pools.
 * Thread context. membuf belongs to the pool as long as it is used. */
os_error_t os_mempool_init(struct os_mempool *mp, size_t blocks, size_t block_size, void *membuf,
                           const char *name);

/* The same for an extended pool; callback and argument start as NULL. */
os_error_t os_mempool_ext_init(struct os_mempool_ext *mpe, size_t blocks, size_t block_size,
                               void *membuf, const char *name);

/* Takes a pool off the registry; its blocks stay usable. Fails (OS_INVALID_PARM) iff mp is NULL or
 * not registered. Linear in the number of pools. Thread context. */
os_error_t os_mempool_unregister(struct os_mempool *mp);

/* Makes all blocks free again, in ascending order, and resets mp_min_free; no callback is called,
 * the pool stays registered. Fails (OS_INVALID_PARM) iff mp is NULL. Linear in the number of
 * blocks. Same contexts as get. */
os_error_t os_mempool_clear(struct os_mempool *mp);

/* True iff every invariant of the pool holds; false for NULL. Always ends. Linear in the number of
 * blocks. Same contexts as get. */
bool os_mempool_is_sane(const struct os_mempool *mp);

/* 1 iff a block of the pool, free or in use, starts at `block_addr`; 0 otherwise and for NULL.
 * Constant time, any context. */
int os_memblock_from(const struct os_mempool *mp, const void *block_addr);

/* Takes a block, last freed first. Fails (NULL) iff mp is NULL or every block is in use. Constant
 * time. Any context that the port's critical section covers. The caller owns the block. */
void *os_memblock_get(struct os_mempool *mp);

/* Gives a block back, or hands it to the callback of an extended pool and returns its result.
 * Fails (OS_INVALID_PARM) iff an argument is NULL or the address is not a block in use of this
 * pool, which is a fault. Constant time, besides the callback's. Same contexts as get. */
os_error_t os_memblock_put(struct os_mempool *mp, void *block_addr);

/* The same without the callback: for use in the callback itself. */
os_error_t os_memblock_put_from_cb(struct os_mempool *mp, void *block_addr);

/* The same for a caller in a place of its own, which is remembered. `file` is stored, not copied.
 */
#if CISTERN_CHECK >= 3
void *os_memblock_get_at(struct os_mempool *mp, const char *file, int line);
os_error_t os_memblock_put_at(struct os_mempool *mp, void *block_addr, const char *file, int line);
os_error_t os_memblock_put_from_cb_at(struct os_mempool *mp, void *block_addr, const char *file,
                                      int line);
#    define os_memblock_get(mp)        os_memblock_get_at((mp), __FILE__, __LINE__)
#    define os_memblock_put(mp, block) os_memblock_put_at((mp), (block), __FILE__, __LINE__)
#    define os_memblock_put_from_cb(mp, block)                                                     \
        os_memblock_put_from_cb_at((mp), (block), __FILE__, __LINE__)
#endif

/* Walks the registry in order of registration: NULL gives the first pool, the last one gives NULL.
 * Fills omi unless it is NULL. Constant time. Any context; no pool may be unregistered during a
 * walk. */
struct os_mempool *os_mempool_info_get_next(struct os_mempool *mp, struct os_mempool_info *omi);

/* The first pool of that name, or NULL; fills omi unless it is NULL. NULL as a name finds nothing.
 * Linear in the number of pools. Contexts as os_mempool_info_get_next. */
struct os_mempool *os_mempool_get(const char *mempool_name, struct os_mempool_info *info);

#ifdef __cplusplus
}
#endif

#endif
