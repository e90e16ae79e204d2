/* SPDX-License-Identifier: BSD-3-Clause */
/* os/queue.h - linked lists as macros, with the names of BSD's sys/queue.h that Mynewt code uses.
 *
 * SLIST   singly linked, head only:        push and pop at the head, any length of walk
 * STAILQ  singly linked, head and tail:    also insertion at the tail
 * LIST    doubly linked, head only:        also removal of any element in constant time
 * TAILQ   doubly linked, head and tail:    all of it
 *
 * A tree's own os/queue.h that stands behind this one on the include path is used, whole; so are
 * the lists of the C library's sys/queue.h where it was included before.
 */
#ifndef CISTERN_OS_QUEUE_H
#define CISTERN_OS_QUEUE_H

#include <stddef.h>

/* From there on the rest of this file counts as a system's header: include_next is no ISO C. */
#ifdef __has_include_next
#    if __has_include_next("os/queue.h")
#        pragma GCC system_header
#        include_next "os/queue.h"
#    endif
#endif

/* --- helpers ---------------------------------------------------------------------------------- */

/* Elements of an array. */
#ifndef ARRAY_SIZE
#    define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

/* The structure whose member `field` is at `ptr`. */
#ifndef CONTAINER_OF
#    define CONTAINER_OF(ptr, type, field) ((type *)(void *)((char *)(ptr)-offsetof(type, field)))
#endif

/* --- SLIST ------------------------------------------------------------------------------------ */

#ifndef SLIST_HEAD

#    define SLIST_HEAD(name, type)                                                                 \
        struct name {                                                                              \
            struct type *slh_first;                                                                \
        }
#    define SLIST_HEAD_INITIALIZER(head)                                                           \
        {                                                                                          \
            NULL                                                                                   \
        }
#    define SLIST_ENTRY(type)                                                                      \
        struct {                                                                                   \
            struct type *sle_next;                                                                 \
        }

#    define SLIST_FIRST(head)      ((head)->slh_first)
#    define SLIST_NEXT(elm, field) ((elm)->field.sle_next)
#    define SLIST_EMPTY(head)      (SLIST_FIRST(head) == NULL)
#    define SLIST_INIT(head)       (SLIST_FIRST(head) = NULL)

#    define SLIST_FOREACH(var, head, field)                                                        \
        for ((var) = SLIST_FIRST(head); (var) != NULL; (var) = SLIST_NEXT(var, field))

#    define SLIST_INSERT_HEAD(head, elm, field)                                                    \
        do {                                                                                       \
            SLIST_NEXT(elm, field) = SLIST_FIRST(head);                                            \
            SLIST_FIRST(head) = (elm);                                                             \
        } while (0)

#    define SLIST_INSERT_AFTER(slistelm, elm, field)                                               \
        do {                                                                                       \
            SLIST_NEXT(elm, field) = SLIST_NEXT(slistelm, field);                                  \
            SLIST_NEXT(slistelm, field) = (elm);                                                   \
        } while (0)

#    define SLIST_REMOVE_HEAD(head, field)                                                         \
        (SLIST_FIRST(head) = SLIST_NEXT(SLIST_FIRST(head), field))

#    define SLIST_REMOVE(head, elm, type, field)                                                   \
        do {                                                                                       \
            struct type **slist_link_ = &SLIST_FIRST(head);                                        \
            while (*slist_link_ != (elm)) {                                                        \
                slist_link_ = &SLIST_NEXT(*slist_link_, field);                                    \
            }                                                                                      \
            *slist_link_ = SLIST_NEXT(elm, field);                                                 \
        } while (0)

#endif

#ifndef SLIST_FOREACH_SAFE

#    define SLIST_FOREACH_SAFE(var, head, field, tvar)                                             \
        for ((var) = SLIST_FIRST(head); (var) != NULL && ((tvar) = SLIST_NEXT(var, field), 1);     \
             (var) = (tvar))

#    define SLIST_REMOVE_AFTER(elm, field)                                                         \
        (SLIST_NEXT(elm, field) = SLIST_NEXT(SLIST_NEXT(elm, field), field))

#    define SLIST_END(head) NULL

#endif

/* --- STAILQ ----------------------------------------------------------------------------------- */

#ifndef STAILQ_HEAD

#    define STAILQ_HEAD(name, type)                                                                \
        struct name {                                                                              \
            struct type *stqh_first;                                                               \
            struct type **stqh_last;                                                               \
        }
#    define STAILQ_HEAD_INITIALIZER(head)                                                          \
        {                                                                                          \
            NULL, &(head).stqh_first                                                               \
        }
#    define STAILQ_ENTRY(type)                                                                     \
        struct {                                                                                   \
            struct type *stqe_next;                                                                \
        }

#    define STAILQ_FIRST(head)      ((head)->stqh_first)
#    define STAILQ_NEXT(elm, field) ((elm)->field.stqe_next)
#    define STAILQ_EMPTY(head)      (STAILQ_FIRST(head) == NULL)

#    define STAILQ_INIT(head)                                                                      \
        do {                                                                                       \
            STAILQ_FIRST(head) = NULL;                                                             \
            (head)->stqh_last = &STAILQ_FIRST(head);                                               \
        } while (0)

#    define STAILQ_FOREACH(var, head, field)                                                       \
        for ((var) = STAILQ_FIRST(head); (var) != NULL; (var) = STAILQ_NEXT(var, field))

#    define STAILQ_INSERT_HEAD(head, elm, field)                                                   \
        do {                                                                                       \
            STAILQ_NEXT(elm, field) = STAILQ_FIRST(head);                                          \
            if (STAILQ_NEXT(elm, field) == NULL) {                                                 \
                (head)->stqh_last = &STAILQ_NEXT(elm, field);                                      \
            }                                                                                      \
            STAILQ_FIRST(head) = (elm);                                                            \
        } while (0)

#    define STAILQ_INSERT_TAIL(head, elm, field)                                                   \
        do {                                                                                       \
            STAILQ_NEXT(elm, field) = NULL;                                                        \
            *(head)->stqh_last = (elm);                                                            \
            (head)->stqh_last = &STAILQ_NEXT(elm, field);                                          \
        } while (0)

#    define STAILQ_INSERT_AFTER(head, tqelm, elm, field)                                           \
        do {                                                                                       \
            STAILQ_NEXT(elm, field) = STAILQ_NEXT(tqelm, field);                                   \
            if (STAILQ_NEXT(elm, field) == NULL) {                                                 \
                (head)->stqh_last = &STAILQ_NEXT(elm, field);                                      \
            }                                                                                      \
            STAILQ_NEXT(tqelm, field) = (elm);                                                     \
        } while (0)

#    define STAILQ_REMOVE_HEAD(head, field)                                                        \
        do {                                                                                       \
            STAILQ_FIRST(head) = STAILQ_NEXT(STAILQ_FIRST(head), field);                           \
            if (STAILQ_FIRST(head) == NULL) {                                                      \
                (head)->stqh_last = &STAILQ_FIRST(head);                                           \
            }                                                                                      \
        } while (0)

#    define STAILQ_REMOVE(head, elm, type, field)                                                  \
        do {                                                                                       \
            struct type **stailq_link_ = &STAILQ_FIRST(head);                                      \
            while (*stailq_link_ != (elm)) {                                                       \
                stailq_link_ = &STAILQ_NEXT(*stailq_link_, field);                                 \
            }                                                                                      \
            *stailq_link_ = STAILQ_NEXT(elm, field);                                               \
            if (*stailq_link_ == NULL) {                                                           \
                (head)->stqh_last = stailq_link_;                                                  \
            }                                                                                      \
        } while (0)

/* Moves all of the second list behind the first one. */
#    define STAILQ_CONCAT(head1, head2)                                                            \
        do {                                                                                       \
            if (!STAILQ_EMPTY(head2)) {                                                            \
                *(head1)->stqh_last = STAILQ_FIRST(head2);                                         \
                (head1)->stqh_last = (head2)->stqh_last;                                           \
                STAILQ_INIT(head2);                                                                \
            }                                                                                      \
        } while (0)

#endif

#ifndef STAILQ_FOREACH_SAFE

#    define STAILQ_FOREACH_SAFE(var, head, field, tvar)                                            \
        for ((var) = STAILQ_FIRST(head); (var) != NULL && ((tvar) = STAILQ_NEXT(var, field), 1);   \
             (var) = (tvar))

#    define STAILQ_REMOVE_AFTER(head, elm, field)                                                  \
        do {                                                                                       \
            STAILQ_NEXT(elm, field) = STAILQ_NEXT(STAILQ_NEXT(elm, field), field);                 \
            if (STAILQ_NEXT(elm, field) == NULL) {                                                 \
                (head)->stqh_last = &STAILQ_NEXT(elm, field);                                      \
            }                                                                                      \
        } while (0)

#    define STAILQ_LAST(head, type, field)                                                         \
        (STAILQ_EMPTY(head) ? NULL : CONTAINER_OF((head)->stqh_last, struct type, field.stqe_next))

#    define STAILQ_END(head) NULL

#endif

/* --- LIST ------------------------------------------------------------------------------------- */

#ifndef LIST_HEAD

#    define LIST_HEAD(name, type)                                                                  \
        struct name {                                                                              \
            struct type *lh_first;                                                                 \
        }
#    define LIST_HEAD_INITIALIZER(head)                                                            \
        {                                                                                          \
            NULL                                                                                   \
        }
#    define LIST_ENTRY(type)                                                                       \
        struct {                                                                                   \
            struct type *le_next;                                                                  \
            struct type **le_prev;                                                                 \
        }

#    define LIST_FIRST(head)      ((head)->lh_first)
#    define LIST_NEXT(elm, field) ((elm)->field.le_next)
#    define LIST_EMPTY(head)      (LIST_FIRST(head) == NULL)
#    define LIST_INIT(head)       (LIST_FIRST(head) = NULL)

#    define LIST_FOREACH(var, head, field)                                                         \
        for ((var) = LIST_FIRST(head); (var) != NULL; (var) = LIST_NEXT(var, field))

/* Puts an element where the pointer `link` leads: in front of what is there now. */
#    define LIST_INSERT_AT_(link, elm, field)                                                      \
        do {                                                                                       \
            (elm)->field.le_prev = (link);                                                         \
            LIST_NEXT(elm, field) = *(elm)->field.le_prev;                                         \
            if (LIST_NEXT(elm, field) != NULL) {                                                   \
                LIST_NEXT(elm, field)->field.le_prev = &LIST_NEXT(elm, field);                     \
            }                                                                                      \
            *(elm)->field.le_prev = (elm);                                                         \
        } while (0)

#    define LIST_INSERT_HEAD(head, elm, field) LIST_INSERT_AT_(&LIST_FIRST(head), elm, field)
#    define LIST_INSERT_AFTER(listelm, elm, field)                                                 \
        LIST_INSERT_AT_(&LIST_NEXT(listelm, field), elm, field)
#    define LIST_INSERT_BEFORE(listelm, elm, field)                                                \
        LIST_INSERT_AT_((listelm)->field.le_prev, elm, field)

#    define LIST_REMOVE(elm, field)                                                                \
        do {                                                                                       \
            if (LIST_NEXT(elm, field) != NULL) {                                                   \
                LIST_NEXT(elm, field)->field.le_prev = (elm)->field.le_prev;                       \
            }                                                                                      \
            *(elm)->field.le_prev = LIST_NEXT(elm, field);                                         \
        } while (0)

#endif

#ifndef LIST_FOREACH_SAFE

#    define LIST_FOREACH_SAFE(var, head, field, tvar)                                              \
        for ((var) = LIST_FIRST(head); (var) != NULL && ((tvar) = LIST_NEXT(var, field), 1);       \
             (var) = (tvar))

#    define LIST_REMOVE_HEAD(head, field) LIST_REMOVE(LIST_FIRST(head), field)

#    define LIST_END(head) NULL

#endif

/* --- TAILQ ------------------------------------------------------------------------------------ */

#ifndef TAILQ_HEAD

#    define TAILQ_HEAD(name, type)                                                                 \
        struct name {                                                                              \
            struct type *tqh_first;                                                                \
            struct type **tqh_last;                                                                \
        }
#    define TAILQ_HEAD_INITIALIZER(head)                                                           \
        {                                                                                          \
            NULL, &(head).tqh_first                                                                \
        }
#    define TAILQ_ENTRY(type)                                                                      \
        struct {                                                                                   \
            struct type *tqe_next;                                                                 \
            struct type **tqe_prev;                                                                \
        }

#    define TAILQ_FIRST(head)          ((head)->tqh_first)
#    define TAILQ_NEXT(elm, field)     ((elm)->field.tqe_next)
#    define TAILQ_EMPTY(head)          (TAILQ_FIRST(head) == NULL)
#    define TAILQ_LAST(head, headname) (*(((struct headname *)((head)->tqh_last))->tqh_last))
#    define TAILQ_PREV(elm, headname, field)                                                       \
        (*(((struct headname *)((elm)->field.tqe_prev))->tqh_last))

#    define TAILQ_INIT(head)                                                                       \
        do {                                                                                       \
            TAILQ_FIRST(head) = NULL;                                                              \
            (head)->tqh_last = &TAILQ_FIRST(head);                                                 \
        } while (0)

#    define TAILQ_FOREACH(var, head, field)                                                        \
        for ((var) = TAILQ_FIRST(head); (var) != NULL; (var) = TAILQ_NEXT(var, field))

#    define TAILQ_INSERT_HEAD(head, elm, field)                                                    \
        do {                                                                                       \
            TAILQ_NEXT(elm, field) = TAILQ_FIRST(head);                                            \
            if (TAILQ_NEXT(elm, field) != NULL) {                                                  \
                TAILQ_FIRST(head)->field.tqe_prev = &TAILQ_NEXT(elm, field);                       \
            } else {                                                                               \
                (head)->tqh_last = &TAILQ_NEXT(elm, field);                                        \
            }                                                                                      \
            TAILQ_FIRST(head) = (elm);                                                             \
            (elm)->field.tqe_prev = &TAILQ_FIRST(head);                                            \
        } while (0)

#    define TAILQ_INSERT_TAIL(head, elm, field)                                                    \
        do {                                                                                       \
            TAILQ_NEXT(elm, field) = NULL;                                                         \
            (elm)->field.tqe_prev = (head)->tqh_last;                                              \
            *(head)->tqh_last = (elm);                                                             \
            (head)->tqh_last = &TAILQ_NEXT(elm, field);                                            \
        } while (0)

#    define TAILQ_REMOVE(head, elm, field)                                                         \
        do {                                                                                       \
            if (TAILQ_NEXT(elm, field) != NULL) {                                                  \
                TAILQ_NEXT(elm, field)->field.tqe_prev = (elm)->field.tqe_prev;                    \
            } else {                                                                               \
                (head)->tqh_last = (elm)->field.tqe_prev;                                          \
            }                                                                                      \
            *(elm)->field.tqe_prev = TAILQ_NEXT(elm, field);                                       \
        } while (0)

#    define TAILQ_FOREACH_REVERSE(var, head, headname, field)                                      \
        for ((var) = TAILQ_LAST(head, headname); (var) != NULL;                                    \
             (var) = TAILQ_PREV(var, headname, field))

#    define TAILQ_INSERT_AFTER(head, listelm, elm, field)                                          \
        do {                                                                                       \
            TAILQ_NEXT(elm, field) = TAILQ_NEXT(listelm, field);                                   \
            if (TAILQ_NEXT(elm, field) != NULL) {                                                  \
                TAILQ_NEXT(elm, field)->field.tqe_prev = &TAILQ_NEXT(elm, field);                  \
            } else {                                                                               \
                (head)->tqh_last = &TAILQ_NEXT(elm, field);                                        \
            }                                                                                      \
            TAILQ_NEXT(listelm, field) = (elm);                                                    \
            (elm)->field.tqe_prev = &TAILQ_NEXT(listelm, field);                                   \
        } while (0)

#    define TAILQ_INSERT_BEFORE(listelm, elm, field)                                               \
        do {                                                                                       \
            (elm)->field.tqe_prev = (listelm)->field.tqe_prev;                                     \
            TAILQ_NEXT(elm, field) = (listelm);                                                    \
            *(listelm)->field.tqe_prev = (elm);                                                    \
            (listelm)->field.tqe_prev = &TAILQ_NEXT(elm, field);                                   \
        } while (0)

/* Moves all of the second list behind the first one. */
#    define TAILQ_CONCAT(head1, head2, field)                                                      \
        do {                                                                                       \
            if (!TAILQ_EMPTY(head2)) {                                                             \
                *(head1)->tqh_last = TAILQ_FIRST(head2);                                           \
                TAILQ_FIRST(head2)->field.tqe_prev = (head1)->tqh_last;                            \
                (head1)->tqh_last = (head2)->tqh_last;                                             \
                TAILQ_INIT(head2);                                                                 \
            }                                                                                      \
        } while (0)

#endif

#ifndef TAILQ_FOREACH_SAFE

#    define TAILQ_FOREACH_SAFE(var, head, field, tvar)                                             \
        for ((var) = TAILQ_FIRST(head); (var) != NULL && ((tvar) = TAILQ_NEXT(var, field), 1);     \
             (var) = (tvar))

#    define TAILQ_FOREACH_REVERSE_SAFE(var, head, headname, field, tvar)                           \
        for ((var) = TAILQ_LAST(head, headname);                                                   \
             (var) != NULL && ((tvar) = TAILQ_PREV(var, headname, field), 1); (var) = (tvar))

#    define TAILQ_REMOVE_HEAD(head, field) TAILQ_REMOVE(head, TAILQ_FIRST(head), field)

#    define TAILQ_END(head) NULL

#endif

#endif
