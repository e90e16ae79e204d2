/* os/queue.h - linked lists as macros, with the names of BSD's sys/queue.h that Mynewt code uses.
 *
 * SLIST   singly linked, head only:        push and pop at the head, any length of walk
 * STAILQ  singly linked, head and tail:    also insertion at the tail
 * TAILQ   doubly linked, head and tail:    also removal of any element in constant time
 *
 * Where the C library's own sys/queue.h was included before, its macros are used.
 */
#ifndef H_OS_QUEUE_
#define H_OS_QUEUE_

#include <stddef.h>

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

#    define SLIST_FOREACH_SAFE(var, head, field, tvar)                                             \
        for ((var) = SLIST_FIRST(head); (var) != NULL && ((tvar) = SLIST_NEXT(var, field), 1);     \
             (var) = (tvar))

#    define SLIST_REMOVE_AFTER(elm, field)                                                         \
        (SLIST_NEXT(elm, field) = SLIST_NEXT(SLIST_NEXT(elm, field), field))

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
        (STAILQ_EMPTY(head) ? NULL                                                                 \
                            : (struct type *)(void *)((char *)((head)->stqh_last) -                \
                                                      offsetof(struct type, field)))

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

#    define TAILQ_FOREACH_SAFE(var, head, field, tvar)                                             \
        for ((var) = TAILQ_FIRST(head); (var) != NULL && ((tvar) = TAILQ_NEXT(var, field), 1);     \
             (var) = (tvar))

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

#endif

#endif
