/* SPDX-License-Identifier: BSD-3-Clause */
/* The list macros that Mynewt code uses, each against the order that it must leave. */
#include "support.h"

#include "os/queue.h"

struct item {
    int number;
    SLIST_ENTRY(item) s;
    STAILQ_ENTRY(item) st;
    LIST_ENTRY(item) l;
    TAILQ_ENTRY(item) t;
};

SLIST_HEAD(slist, item);
STAILQ_HEAD(stailq, item);
LIST_HEAD(list, item);
TAILQ_HEAD(tailq, item);

static struct item item[6];

static int number_items(void **state)
{
    (void)state;
    memset(item, 0, sizeof item);
    for (int i = 0; i < 6; ++i) {
        item[i].number = i;
    }
    return 0;
}

/* The numbers of a list from its head on, as the digits of one number behind a leading 9. */
#define DIGITS(FOREACH, head, field, digits)                                                       \
    do {                                                                                           \
        const struct item *each;                                                                   \
        (digits) = 9;                                                                              \
        FOREACH(each, head, field)                                                                 \
        {                                                                                          \
            (digits) = (digits)*10 + each->number;                                                 \
        }                                                                                          \
    } while (0)

static void assert_slist(const struct slist *list, int expected)
{
    int digits;
    DIGITS(SLIST_FOREACH, list, s, digits);
    assert_int_equal(digits, expected);
}

/* Also that the tail is where the list says: an insertion there is found. */
static void assert_stailq(struct stailq *list, int expected)
{
    int digits;
    DIGITS(STAILQ_FOREACH, list, st, digits);
    assert_int_equal(digits, expected);
    assert_null(*list->stqh_last);
}

/* Forwards, and the same backwards. */
static void assert_tailq(const struct tailq *list, int expected, int backwards)
{
    int digits;
    const struct item *at;
    DIGITS(TAILQ_FOREACH, list, t, digits);
    assert_int_equal(digits, expected);
    digits = 9;
    TAILQ_FOREACH_REVERSE(at, list, tailq, t)
    {
        digits = digits * 10 + at->number;
    }
    assert_int_equal(digits, backwards);
}

static void slist_keeps_the_order_of_its_insertions(void **state)
{
    (void)state;
    struct slist list = SLIST_HEAD_INITIALIZER(list);
    assert_true(SLIST_EMPTY(&list));
    SLIST_INSERT_HEAD(&list, &item[1], s);
    SLIST_INSERT_HEAD(&list, &item[0], s);
    SLIST_INSERT_AFTER(&item[1], &item[2], s);
    SLIST_INSERT_AFTER(&item[2], &item[3], s);
    assert_slist(&list, 90123);
    SLIST_REMOVE(&list, &item[2], item, s);
    assert_slist(&list, 9013);
    SLIST_REMOVE_AFTER(&item[0], s);
    assert_slist(&list, 903);
    SLIST_REMOVE_HEAD(&list, s);
    assert_slist(&list, 93);
    SLIST_INIT(&list);
    assert_true(SLIST_EMPTY(&list));
}

static void slist_may_lose_the_element_at_hand_during_a_safe_walk(void **state)
{
    (void)state;
    struct slist list = SLIST_HEAD_INITIALIZER(list);
    struct item *at;
    struct item *next;
    for (int i = 3; i >= 0; --i) {
        SLIST_INSERT_HEAD(&list, &item[i], s);
    }
    SLIST_FOREACH_SAFE(at, &list, s, next)
    {
        if (at->number != 2) {
            SLIST_REMOVE(&list, at, item, s);
            SLIST_NEXT(at, s) = NULL;
        }
    }
    assert_slist(&list, 92);
}

static void stailq_keeps_its_tail(void **state)
{
    (void)state;
    struct stailq list = STAILQ_HEAD_INITIALIZER(list);
    assert_null(STAILQ_LAST(&list, item, st));
    STAILQ_INSERT_TAIL(&list, &item[1], st);
    STAILQ_INSERT_HEAD(&list, &item[0], st);
    STAILQ_INSERT_AFTER(&list, &item[1], &item[2], st);
    assert_stailq(&list, 9012);
    assert_ptr_equal(STAILQ_LAST(&list, item, st), &item[2]);
    STAILQ_REMOVE(&list, &item[2], item, st);
    assert_stailq(&list, 901);
    STAILQ_REMOVE_AFTER(&list, &item[0], st);
    assert_stailq(&list, 90);
    STAILQ_REMOVE_HEAD(&list, st);
    assert_stailq(&list, 9);
    STAILQ_INSERT_HEAD(&list, &item[4], st);
    STAILQ_INSERT_TAIL(&list, &item[5], st);
    assert_stailq(&list, 945);
}

static void stailq_takes_another_one_over_whole(void **state)
{
    (void)state;
    struct stailq list = STAILQ_HEAD_INITIALIZER(list);
    struct stailq other = STAILQ_HEAD_INITIALIZER(other);
    struct item *at;
    struct item *next;
    STAILQ_CONCAT(&list, &other);
    assert_stailq(&list, 9);
    STAILQ_INSERT_TAIL(&list, &item[0], st);
    STAILQ_INSERT_TAIL(&other, &item[1], st);
    STAILQ_INSERT_TAIL(&other, &item[2], st);
    STAILQ_CONCAT(&list, &other);
    assert_stailq(&list, 9012);
    assert_stailq(&other, 9);
    STAILQ_FOREACH_SAFE(at, &list, st, next)
    {
        STAILQ_REMOVE_HEAD(&list, st);
    }
    assert_stailq(&list, 9);
}

/* Also that each link leads back to the pointer that leads to it. */
static void assert_list(struct list *list, int expected)
{
    int digits;
    struct item *const *link = &LIST_FIRST(list);
    DIGITS(LIST_FOREACH, list, l, digits);
    assert_int_equal(digits, expected);
    while (*link != LIST_END(list)) {
        assert_ptr_equal((*link)->l.le_prev, link);
        link = &LIST_NEXT(*link, l);
    }
}

static void list_links_lead_back(void **state)
{
    (void)state;
    struct list list = LIST_HEAD_INITIALIZER(list);
    struct item *at;
    struct item *next;
    assert_true(LIST_EMPTY(&list));
    LIST_INSERT_HEAD(&list, &item[2], l);
    LIST_INSERT_BEFORE(&item[2], &item[0], l);
    LIST_INSERT_AFTER(&item[0], &item[1], l);
    LIST_INSERT_AFTER(&item[2], &item[3], l);
    assert_list(&list, 90123);
    LIST_REMOVE(&item[1], l);
    assert_list(&list, 9023);
    LIST_REMOVE(&item[3], l);
    LIST_REMOVE_HEAD(&list, l);
    assert_list(&list, 92);
    LIST_INSERT_HEAD(&list, &item[4], l);
    LIST_FOREACH_SAFE(at, &list, l, next)
    {
        LIST_REMOVE(at, l);
    }
    assert_list(&list, 9);
    LIST_INIT(&list);
    assert_true(LIST_EMPTY(&list));
}

static void tailq_takes_another_one_over_whole(void **state)
{
    (void)state;
    struct tailq list = TAILQ_HEAD_INITIALIZER(list);
    struct tailq other = TAILQ_HEAD_INITIALIZER(other);
    struct item *at;
    struct item *next;
    TAILQ_CONCAT(&list, &other, t);
    TAILQ_INSERT_TAIL(&list, &item[0], t);
    TAILQ_INSERT_TAIL(&other, &item[1], t);
    TAILQ_INSERT_TAIL(&other, &item[2], t);
    TAILQ_CONCAT(&list, &other, t);
    assert_tailq(&list, 9012, 9210);
    assert_tailq(&other, 9, 9);
    TAILQ_REMOVE_HEAD(&list, t);
    assert_tailq(&list, 912, 921);
    TAILQ_FOREACH_REVERSE_SAFE(at, &list, tailq, t, next)
    {
        TAILQ_REMOVE(&list, at, t);
    }
    assert_ptr_equal(TAILQ_FIRST(&list), TAILQ_END(&list));
}

static void container_is_found_by_its_member(void **state)
{
    (void)state;
    assert_ptr_equal(CONTAINER_OF(&item[3].t, struct item, t), &item[3]);
    assert_int_equal(ARRAY_SIZE(item), 6);
}

static void tailq_reads_the_same_from_both_ends(void **state)
{
    (void)state;
    struct tailq list = TAILQ_HEAD_INITIALIZER(list);
    struct item *at;
    struct item *next;
    TAILQ_INSERT_TAIL(&list, &item[2], t);
    TAILQ_INSERT_HEAD(&list, &item[0], t);
    TAILQ_INSERT_AFTER(&list, &item[0], &item[1], t);
    TAILQ_INSERT_AFTER(&list, &item[2], &item[4], t);
    TAILQ_INSERT_BEFORE(&item[4], &item[3], t);
    assert_tailq(&list, 901234, 943210);
    TAILQ_REMOVE(&list, &item[4], t);
    TAILQ_REMOVE(&list, &item[1], t);
    assert_tailq(&list, 9023, 9320);
    TAILQ_FOREACH_SAFE(at, &list, t, next)
    {
        TAILQ_REMOVE(&list, at, t);
    }
    assert_true(TAILQ_EMPTY(&list));
    TAILQ_INSERT_TAIL(&list, &item[5], t);
    assert_tailq(&list, 95, 95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(slist_keeps_the_order_of_its_insertions, number_items),
        cmocka_unit_test_setup(slist_may_lose_the_element_at_hand_during_a_safe_walk, number_items),
        cmocka_unit_test_setup(stailq_keeps_its_tail, number_items),
        cmocka_unit_test_setup(stailq_takes_another_one_over_whole, number_items),
        cmocka_unit_test_setup(list_links_lead_back, number_items),
        cmocka_unit_test_setup(tailq_takes_another_one_over_whole, number_items),
        cmocka_unit_test_setup(tailq_reads_the_same_from_both_ends, number_items),
        cmocka_unit_test_setup(container_is_found_by_its_member, number_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
