/* SPDX-License-Identifier: BSD-3-Clause */
/* account_mailbox.c - mailboxes of a kind: what counts is the fullest of them, since one option sets
 * the size of all.
 *
 *   mailbox A  |x|x|x|        deep[0] = 2, deep[1] = 2, deep[2] = 1: one hold for each place that
 *   mailbox B  |x|x|          some mailbox uses
 *
 * I1  deep[i] is how many mailboxes have more than i messages; hold[i] is held if it is not 0 */
#include "account.h"

static mailboxes_t *mailboxes_of(account_t *account, resource_t resource)
{
    return &account->mailboxes[resource - RESOURCE_TCPIP_MBOX];
}

void account_post(account_t *account, resource_t resource, uint32_t *messages, cause_t cause)
{
    mailboxes_t *const all = mailboxes_of(account, resource);
    const uint32_t place = (*messages)++;
    if (resource_exists(resource, account->options) && place < MAILBOX_PLACES &&
        all->deep[place]++ == 0) {
        all->hold[place] = ledger_take(&account->ledger, resource, 0, 1, cause);
    }
}

void account_fetch(account_t *account, resource_t resource, uint32_t *messages)
{
    mailboxes_t *const all = mailboxes_of(account, resource);
    const uint32_t place = --*messages;
    if (resource_exists(resource, account->options) && place < MAILBOX_PLACES &&
        --all->deep[place] == 0) {
        ledger_give(&account->ledger, all->hold[place]);
    }
}

void account_mailboxes_clear(account_t *account)
{
    for (int i = 0; i < MAILBOX_RESOURCES; ++i) {
        uint32_t *const deep = account->mailboxes[i].deep;
        for (size_t place = 0; place < MAILBOX_PLACES && deep[place] != 0; ++place) { /* I1 */
            deep[place] = 0;
        }
    }
}
