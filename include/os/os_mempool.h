/* SPDX-License-Identifier: BSD-3-Clause */
/* os/os_mempool.h - pools: Mynewt's interface, and what ESP-IDF's NimBLE adds to it.
 *
 * A struct os_mempool is a pool of cistern/pool.h under Mynewt's field names; both kinds stand in
 * one registry. Fields may be read at any time; none may be written.
 *
 * Differences from Mynewt that a client can see:
 *   - double, foreign, interior, misaligned and wrong-pool puts are faults in every build with
 *     checks: reported to cistern/fault.h and refused with OS_INVALID_PARM
 *   - at check level 1 and up a free block keeps a key in its second word
 *   - a struct os_mempool is larger than Mynewt's: the engine has fields behind Mynewt's
 *   - blocks are never smaller than a pointer, nor less aligned
 *   - pools of cistern/pool.h appear in listings too; at check level 0 one that has extras must be
 *     used by the calls of cistern/pool.h alone
 *   - a put callback set as a field is called, but OS_MEMPOOL_F_EXT is set by calls alone
 *
 * Options, as in Mynewt, from cistern/config.h's sources:
 * | option                   | effect                                                           |
 * |--------------------------|------------------------------------------------------------------|
 * | OS_ALIGNMENT             | of blocks: 4, 8 or 16; default 4, and 8 with pointers of 64 bits |
 * | OS_MEMPOOL_CHECK         | no effect: check level 1 verifies what it would verify           |
 * | OS_MEMPOOL_POISON        | check level 2: free blocks are filled and verified               |
 * | OS_MEMPOOL_GUARD         | check level 2, and CISTERN_POOL_GUARD bytes behind each block of |
 * |                          | pools that are not extended                                      |
 * | OS_MEMPOOL_KEEPS_CONTENT(name) | not 0: free blocks of the pool of this name keep their     |
 * |                          | content but for the first word: no key, no poison; default 0     |
 * | OS_ALIGN(n, alignment)   | the tree's own rounding up; default: CISTERN_POOL_ALIGN_UP       |
 * | ESP_PLATFORM             | names of pools are const char *, as in ESP-IDF's NimBLE          |
 * | OS_SYSVIEW_TRACE_MEMPOOL | get and put are traced by the os_trace_api calls of the tree     |
 */
#ifndef H_OS_MEMPOOL_
#define H_OS_MEMPOOL_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In Mynewt's and NimBLE's trees os/os.h defines OS_ALIGNMENT. */
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

/* An element of a buffer, of the width that Mynewt gives it. Blocks are never less aligned than a
 * pointer, since free ones hold one: with 64-bit pointers and OS_ALIGNMENT 4 a buffer needs the
 * alignment of 8 that the type alone does not give it. */
#if OS_ALIGNMENT == 16
#    if defined __GNUC__
#        define OS_MEMBUF_ALIGNED __attribute__((aligned(16)))
#    elif defined __cplusplus
#        define OS_MEMBUF_ALIGNED alignas(16)
#    else
#        define OS_MEMBUF_ALIGNED _Alignas(16)
#    endif
typedef struct os_membuf_16 {
    OS_MEMBUF_ALIGNED uint64_t half[2];
} os_membuf_t;
#elif OS_ALIGNMENT == 8
typedef uint64_t os_membuf_t;
#else
typedef uint32_t os_membuf_t;
#endif

/* `n` rounded up to a multiple of a power of two. */
#ifndef OS_ALIGN
#    define OS_ALIGN(n, alignment) CISTERN_POOL_ALIGN_UP(n, alignment)
#endif

/* Whether the free blocks of a pool keep what is behind their first word, for clients that read
 * blocks which they gave back. Evaluated when a pool is made, from check level 1 on, and only for
 * names other than NULL. Misuse is found as in other pools, but a put is linear in the free blocks
 * if the block's first word is NULL or points to a block of the pool; a write to a free block is
 * found only if it changes the first word, and then the free blocks are quarantined. */
#ifndef OS_MEMPOOL_KEEPS_CONTENT
#    define OS_MEMPOOL_KEEPS_CONTENT(name) 0
#endif

/* Whether pools that are not extended have guards. They enlarge the distance of the blocks. What a
 * tree makes OS_MEMPOOL_GUARD of may be no number, which is 0 for the preprocessor alone. */
#if CISTERN_CHECK >= 2 && defined OS_MEMPOOL_GUARD && (OS_MEMPOOL_GUARD)
#    define OS_MEMPOOL_GUARDED 1
#else
#    define OS_MEMPOOL_GUARDED 0
#endif

/* See cistern/agree.h. */
#if OS_ALIGNMENT == 4
#    define CISTERN_AGREE_OS_ALIGNMENT 4
#elif OS_ALIGNMENT == 8
#    define CISTERN_AGREE_OS_ALIGNMENT 8
#else
#    define CISTERN_AGREE_OS_ALIGNMENT 16
#endif
#if OS_MEMPOOL_GUARDED
#    define CISTERN_AGREE_OS_GUARD 1
#else
#    define CISTERN_AGREE_OS_GUARD 0
#endif
CISTERN_AGREE(OS_ALIGNMENT, CISTERN_AGREE_OS_ALIGNMENT);
CISTERN_AGREE(OS_MEMPOOL_GUARD, CISTERN_AGREE_OS_GUARD);

/* Bytes that a block of `sz` bytes takes, in the pools that take most; and a buffer for n of them,
 * in bytes and in elements of os_membuf_t. */
#if OS_MEMPOOL_GUARDED
#    define OS_MEMPOOL_BLOCK_SZ(sz)     CISTERN_POOL_STRIDE(sz, OS_ALIGNMENT)
#    define OS_MEMPOOL_MEMORY_(n, size) CISTERN_POOL_BYTES(n, size, OS_ALIGNMENT)
#else
#    define OS_MEMPOOL_BLOCK_SZ(sz)     CISTERN_POOL_TIGHT_STRIDE(sz, OS_ALIGNMENT)
#    define OS_MEMPOOL_MEMORY_(n, size) ((size_t)(n)*OS_MEMPOOL_BLOCK_SZ(size))
#endif
#define OS_MEMPOOL_SIZE(n, blksize)                                                                \
    ((OS_MEMPOOL_MEMORY_(n, blksize) + sizeof(os_membuf_t) - 1U) / sizeof(os_membuf_t))
#define OS_MEMPOOL_BYTES(n, blksize) (sizeof(os_membuf_t) * OS_MEMPOOL_SIZE(n, blksize))

/* --- types ------------------------------------------------------------------------------------ */

#define OS_MEMPOOL_INFO_NAME_LEN 32

/* Bits of mp_flags. The first is Mynewt's: the pool is the first member of a struct os_mempool_ext;
 * only the calls below set it. The others are ESP-IDF's. They are kept for its controller; only
 * COMBINATION (os_memblock_from, os_memblock_put), FRAG (os_memblock_put) and CONTROLLER
 * (os_mempool_deinit) have an effect here. */
#define OS_MEMPOOL_F_EXT         0x01
#define OS_MEMPOOL_F_RUNTIME     0x02
#define OS_MEMPOOL_F_REUSED      0x04
#define OS_MEMPOOL_F_FRAG        0x08
#define OS_MEMPOOL_F_CONTROLLER  0x10
#define OS_MEMPOOL_F_LOW_PRIO    0x20
#define OS_MEMPOOL_F_FORBID      0x40
#define OS_MEMPOOL_F_COMBINATION 0x80

/* A free block. */
struct os_memblock {
    SLIST_ENTRY(os_memblock) mb_next;
};

struct os_mempool;
struct os_mempool_ext;

/* A pool's name, with the type that Mynewt gives it, or ESP-IDF. */
#ifdef ESP_PLATFORM
typedef const char *os_mempool_name_t;
#else
typedef char *os_mempool_name_t;
#endif

/* A pool's place in the registry. */
typedef STAILQ_ENTRY(os_mempool) os_mempool_entry_t;

/* Fields of Mynewt's width on the low end of the engine's, which are size_t. The upper bytes are
 * the engine's, and 0 in every pool that this interface makes. */
#if SIZE_MAX > 0xFFFFFFFFU
#    define OS_MEMPOOL_ABOVE_U16_(field) uint16_t field##_above_[3];
#    define OS_MEMPOOL_ABOVE_U32_(field) uint32_t field##_above_;
#elif SIZE_MAX > 0xFFFFU
#    define OS_MEMPOOL_ABOVE_U16_(field) uint16_t field##_above_;
#    define OS_MEMPOOL_ABOVE_U32_(field)
#else
#    define OS_MEMPOOL_ABOVE_U16_(field)
#    define OS_MEMPOOL_ABOVE_U32_(field)
#endif
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#    define OS_MEMPOOL_U16_(field) OS_MEMPOOL_ABOVE_U16_(field) uint16_t field;
#    define OS_MEMPOOL_U32_(field) OS_MEMPOOL_ABOVE_U32_(field) os_mempool_u32_t field;
#else
#    define OS_MEMPOOL_U16_(field)                                                                 \
        uint16_t field;                                                                            \
        OS_MEMPOOL_ABOVE_U16_(field)
#    define OS_MEMPOOL_U32_(field)                                                                 \
        os_mempool_u32_t field;                                                                    \
        OS_MEMPOOL_ABOVE_U32_(field)
#endif

/* Bytes of the engine's between mp_flags and mp_membuf_addr. */
#if CISTERN_CHECK >= 1
#    define OS_MEMPOOL_RESERVED_ 7
#else
#    define OS_MEMPOOL_RESERVED_ 3
#endif

/* 32 bits, or 16 where size_t has 16. */
#if SIZE_MAX > 0xFFFFU
typedef uint32_t os_mempool_u32_t;
#else
typedef uint16_t os_mempool_u32_t;
#endif

/* Keeps gcc from warnings about structs and unions without a name, which older standards lack. */
#ifdef __GNUC__
#    define OS_MEMPOOL_UNNAMED __extension__
#else
#    define OS_MEMPOOL_UNNAMED
#endif

/* A pool: Mynewt's names and widths for the engine's fields. */
OS_MEMPOOL_UNNAMED struct os_mempool {
    union {
        struct {
            OS_MEMPOOL_U32_(mp_block_size) /* uint32_t: bytes per block, as asked for */
            OS_MEMPOOL_U16_(mp_num_blocks) /* uint16_t: blocks in all */
            OS_MEMPOOL_U16_(mp_num_free)   /* uint16_t: free now */
            OS_MEMPOOL_U16_(mp_min_free)   /* uint16_t: lowest mp_num_free since init or clear */
            uint8_t mp_flags;              /* OS_MEMPOOL_F_... */
            uint8_t mp_reserved[OS_MEMPOOL_RESERVED_]; /* the engine's */
            uintptr_t mp_membuf_addr;                  /* address of the first block */
            os_mempool_entry_t mp_list;                /* in the registry */
            struct os_memblock *slh_first; /* free blocks, last freed first: SLIST_FIRST(mp) */
            os_mempool_name_t name;
        };
        cistern_pool_t mp_engine;
    };
};

/* A put callback: os_memblock_put of an extended pool calls it instead of giving the block back, in
 * the caller's context, outside the critical section. mp_num_free and the block's content are still
 * unchanged. The callback owns the block, may get and put, and must give the block back by
 * os_memblock_put_from_cb, now or later. os_memblock_put returns its result. */
typedef os_error_t os_mempool_put_fn(struct os_mempool_ext *ome, void *data, void *arg);

/* A get callback, ESP-IDF's: os_memblock_get of an extended pool calls it instead of taking a
 * block, and returns its result. It must not call os_memblock_get for the same pool, which would
 * not end. */
typedef void *os_mempool_get_fn(struct os_mempool_ext *ome, void *arg);

/* A pool with callbacks, which the user sets after os_mempool_ext_init. */
struct os_mempool_ext {
    struct os_mempool mpe_mp; /* first */
    os_mempool_put_fn *mpe_put_cb;
    void *mpe_put_arg;
    os_mempool_get_fn *mpe_get_cb;
    void *mpe_get_arg;
    os_error_t (*mpe_put_extended_)(struct os_mempool_ext *ome, void *data); /* the engine's */
};

struct os_mempool_info {
    int omi_block_size;
    int omi_num_blocks;
    int omi_num_free;
    int omi_min_free;
    char omi_name[OS_MEMPOOL_INFO_NAME_LEN]; /* truncated to 31 characters */
};

/* --- functions -------------------------------------------------------------------------------- */

/* Empties the registry of all pools, those of cistern/pool.h too. It reads no pool, whose memory
 * may have another use by now, and takes no lock, so that it can run before the OS. No other
 * context may use the registry meanwhile. Constant time. */
void os_mempool_module_init(void);

/* Makes a pool of `blocks` blocks of `block_size` bytes in `membuf` and registers it; a pool that
 * is registered already starts anew and keeps its place in the registry. `name` is stored, not
 * copied; NULL and duplicates are accepted. Fails exactly when mp is NULL, block_size is 0, membuf
 * is NULL with blocks > 0 or the size does not fit the address space (OS_INVALID_PARM), or membuf
 * is not aligned to OS_ALIGNMENT and to a pointer (OS_MEM_NOT_ALIGNED). A failure changes nothing.
 * Linear in blocks and pools. Thread context. membuf belongs to the pool until it is unregistered
 * and no block is in use. Pools of more than 65535 blocks are made by cistern_pool_init, of
 * mp_engine. */
os_error_t os_mempool_init(struct os_mempool *mp, uint16_t blocks, uint32_t block_size,
                           void *membuf, os_mempool_name_t name);

/* The same for an extended pool; its callbacks and arguments are then NULL. */
os_error_t os_mempool_ext_init(struct os_mempool_ext *mpe, uint16_t blocks, uint32_t block_size,
                               void *membuf, os_mempool_name_t name);

/* Takes a pool off the registry; its blocks stay usable. Fails (OS_INVALID_PARM) if mp is NULL or
 * not registered. Linear in the number of pools. Thread context. */
os_error_t os_mempool_unregister(struct os_mempool *mp);

/* Makes all blocks free again, in ascending order, and resets mp_min_free; no callback is called,
 * the pool stays registered. Fails (OS_INVALID_PARM) if mp is NULL. Linear in the number of
 * blocks. Same contexts as get. */
os_error_t os_mempool_clear(struct os_mempool *mp);

/* True if every invariant of the pool holds; false for NULL. It ends on a cyclic list, too. Linear
 * in the number of blocks. Same contexts as get. */
bool os_mempool_is_sane(const struct os_mempool *mp);

/* 1 if a block of the pool, free or in use, starts at `block_addr`; with OS_MEMPOOL_F_COMBINATION
 * if the address is anywhere in the pool's blocks. Else 0, also for NULL. Constant time, any
 * context. */
int os_memblock_from(const struct os_mempool *mp, const void *block_addr);

/* Takes a block, last freed first, or what the get callback of an extended pool returns. Fails
 * (NULL) if mp is NULL, every block is in use, or as cistern_pool_get where memory is damaged.
 * Constant time but for the callback; from check level 2 on linear in the bytes of poison. Any
 * context that the port's critical section covers. The caller owns the block. */
void *os_memblock_get(struct os_mempool *mp);

/* Gives a block back, or hands it to the put callback of an extended pool and returns its result.
 * Fails (OS_INVALID_PARM) if an argument is NULL or, from check level 1 on, the address is not that
 * of a block in use of this pool, which is a fault. In a pool with OS_MEMPOOL_F_FRAG or
 * _COMBINATION a callback is given every address but NULL. Time and contexts as cistern_pool_put.
 */
os_error_t os_memblock_put(struct os_mempool *mp, void *block_addr);

/* The same without the callback: for use in the callback itself. */
os_error_t os_memblock_put_from_cb(struct os_mempool *mp, void *block_addr);

/* The same with the caller's place, which a pool with guards keeps in the block's history. `file`
 * is stored, not copied. */
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
 * Fills *omi unless omi is NULL. Time and contexts as cistern_pool_stats of the next pool, without
 * omi as cistern_pool_next. No pool may be unregistered during a walk. */
struct os_mempool *os_mempool_info_get_next(struct os_mempool *mp, struct os_mempool_info *omi);

/* The first pool of that name, or NULL, as for NULL as a name; fills *info unless info is NULL.
 * Linear in the number of pools and the length of their names. Contexts as
 * os_mempool_info_get_next. */
struct os_mempool *os_mempool_get(const char *mempool_name, struct os_mempool_info *info);

/* --- ESP-IDF's -------------------------------------------------------------------------------- */

/* As os_mempool_init, with mp_flags: OS_MEMPOOL_F_EXT only for the pool of an os_mempool_ext. */
os_error_t os_mempool_init_internal(struct os_mempool *mp, uint16_t blocks, uint32_t block_size,
                                    void *membuf, os_mempool_name_t name, uint8_t flags);

/* As os_mempool_clear; the pool is then no longer extended, and has no flags and no callbacks. */
os_error_t os_mempool_ext_clear(struct os_mempool_ext *mpe);

/* Sets the callbacks of an extended pool, an os_mempool_put_fn and an os_mempool_get_fn, and their
 * arguments. NULL is no callback. Constant time. Nothing else may use the pool meanwhile. */
void os_ext_mempool_register_cb(struct os_mempool_ext *mpe, void *put_cb, void *put_arg,
                                void *get_cb, void *get_arg);

/* Sets, and takes away, bits of mp_flags. Constant time. Nothing else may use the pool then. */
void os_mempool_flags_set(struct os_mempool *mp, uint8_t flags);
void os_mempool_flags_clear(struct os_mempool *mp, uint8_t flags);

/* Takes the pools that have OS_MEMPOOL_F_CONTROLLER off the registry, or with false all other
 * pools, those of cistern/pool.h too. Quadratic in the number of pools. Thread context. */
void os_mempool_deinit(bool is_controller);

#ifdef __cplusplus
}

/* A string literal of C++ is no char *, which Mynewt's interface takes. Trees include this header
 * inside extern "C", where a name has one function. */
#    ifndef ESP_PLATFORM
extern "C++" {
static inline os_error_t os_mempool_init(struct os_mempool *mp, uint16_t blocks,
                                         uint32_t block_size, void *membuf, const char *name)
{
    return os_mempool_init(mp, blocks, block_size, membuf, const_cast<char *>(name));
}

static inline os_error_t os_mempool_ext_init(struct os_mempool_ext *mpe, uint16_t blocks,
                                             uint32_t block_size, void *membuf, const char *name)
{
    return os_mempool_ext_init(mpe, blocks, block_size, membuf, const_cast<char *>(name));
}
}
#    endif
#endif

#endif
