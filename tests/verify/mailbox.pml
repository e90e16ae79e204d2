/* mailbox.pml - a model of ports/common/sys_mailbox.c and sys_gate.c: posting and fetching with a
 * lock for each side, so that a wake-up which is lost, a deadlock, a message out of its order or a
 * place that is used twice would be found in some interleaving.
 *
 * The model has the names of the source. A step is what the source does with one access to memory
 * that the other side, or a waiter, may touch at the same time; what only the holder of a lock
 * touches goes along with the step before it. Numbers of messages do not wrap around.
 *
 *   POSTERS post MESSAGES each, by turns waiting and trying; FETCHERS fetch until all have come,
 *   the first of them with a timeout that may pass at any moment, TIMEOUTS times in all.
 *
 * What is verified: every process comes to its end (no wake-up is lost, no deadlock); the assertions.
 * With PLANT_... defined the model has a bug that must be found. */
#ifndef SIZE
#define SIZE 1
#endif
#ifndef MESSAGES
#define MESSAGES 2
#endif
#ifndef TIMEOUTS
#define TIMEOUTS 1
#endif
#ifndef POSTERS
#define POSTERS 2
#endif
#ifndef FETCHERS
#define FETCHERS 2
#endif
#define PROCESSES (POSTERS + FETCHERS)
#define ALL       (POSTERS * MESSAGES)

#define POST        0
#define FETCH       1
#define other(side) (1 - (side))

/* Of each side. */
bool locked[2];
byte moved[2];
byte seen[2];
byte granted[2];
byte inside[2];
byte waiting[2]; /* length of the queue; read without the lock */
chan queue[2] = [PROCESSES] of { byte };

/* Of each process, while it waits. */
bool granted_to[PROCESSES]; /* read without the lock */
bool asleep[PROCESSES];
bool sleeping[PROCESSES]; /* in the system's wait, and not woken */

byte ring[SIZE]; /* 0: no message */
byte timeouts;
byte fetched; /* fetches that were begun, and will get a message */

#define lock(side)   atomic { !locked[side] -> locked[side] = true }
#define unlock(side) locked[side] = false

/* Two states that differ in what is not looked at again need not be two. */
#define forget() atomic { waiter = 0; wake_it = false }

/* --- the gate --------------------------------------------------------------------------------- */

#define credit(side) ((side == POST) -> SIZE : 0)
#define units(side)  (seen[side] + credit(side) - moved[side])

/* Whether the stock has a unit that is granted to no thread. The other side's count is looked at only
 * when the one last seen is used up. */
inline look_for_unit(side)
{
    atomic {
        if
        :: units(side) <= granted[side] -> seen[side] = moved[other(side)]
        :: else
        fi;
        has_unit = units(side) > granted[side]
    }
}

inline unlink_first(side)
{
    atomic {
        queue[side]?waiter;
        waiting[side]--;
        granted[side]++;
        wake_it = asleep[waiter] /* read before the waiter may go */
    }
}

inline gate_admit(side)
{
    has_unit = true;
    do
    :: has_unit && waiting[side] > 0 ->
        look_for_unit(side);
        if
        :: has_unit ->
            unlink_first(side);
            granted_to[waiter] = true;
            if
            :: wake_it -> sleeping[waiter] = false
            :: else
            fi;
            forget()
        :: else
        fi
    :: else -> break
    od
}

inline gate_try(side)
{
    gate_admit(side);
    has_unit = false;
    if
    :: waiting[side] == 0 -> look_for_unit(side)
    :: else
    fi
}

inline append(side)
{
    atomic {
        inside[side]++;
        queue[side]!self;
        waiting[side]++
    }
}

/* success: a unit is the caller's. */
inline leave(side)
{
    atomic {
        inside[side]--;
        success = granted_to[self];
        if
        :: success -> granted[side]--
        :: !success ->
            queue[side]??eval(self);
            waiting[side]--
        fi;
        granted_to[self] = false;
        asleep[self] = false;
        late = false
    }
}

inline sleep_until(side)
{
    asleep[self] = true;
    do
    :: granted_to[self] || late -> break
    :: else ->
        atomic { sleeping[self] = true; unlock(side) };
        if
        :: !sleeping[self]
        :: may_be_late && timeouts < TIMEOUTS ->
            atomic { timeouts++; sleeping[self] = false; late = true }
        fi;
        lock(side)
    od
}

inline queue_and_wait(side)
{
    append(side);
#ifndef PLANT_NO_LOOK_AFTER_APPEND
    gate_admit(side);
#endif
    if
    :: !granted_to[self] ->
        unlock(side); /* looks for a grant, giving its processor away: it may come, or not */
        lock(side)
    :: else
    fi;
    late = false;
    if
    :: !granted_to[self] -> sleep_until(side)
    :: else
    fi;
    leave(side)
}

/* Called and left with the side's lock. */
inline gate_wait(side)
{
    gate_try(side);
    success = has_unit;
    if
    :: success
    :: else -> queue_and_wait(side)
    fi
}

/* --- the mailbox ------------------------------------------------------------------------------ */

inline unlock_and_admit(side)
{
    unlock(side);
    if
#ifdef PLANT_WAKE_ONLY_WHEN_EMPTY
    :: was_empty && waiting[other(side)] != 0 ->
#else
    :: waiting[other(side)] != 0 ->
#endif
        lock(other(side));
        gate_admit(other(side));
        unlock(other(side))
    :: else
    fi;
    atomic { has_unit = false; was_empty = false }
}

#define place(side) ring[moved[side] % SIZE]

/* Writes the message, then counts it. */
inline put(msg)
{
    assert(place(POST) == 0);
    place(POST) = msg;
    atomic {
        was_empty = moved[POST] == moved[FETCH];
        moved[POST]++;
        assert(moved[POST] - moved[FETCH] <= SIZE)
    }
}

inline get(msg)
{
    atomic { assert(place(FETCH) != 0); msg = place(FETCH); place(FETCH) = 0 };
    atomic {
        was_empty = moved[POST] - moved[FETCH] == SIZE;
        moved[FETCH]++;
        assert(moved[POST] >= moved[FETCH])
    }
}

/* sys_mbox_post and, with waits false, sys_mbox_trypost. */
inline post(msg, waits)
{
    lock(POST);
    if
    :: waits -> gate_wait(POST)
    :: else -> gate_try(POST); success = has_unit
    fi;
    if
    :: success -> put(msg); unlock_and_admit(POST)
    :: else -> unlock(POST)
    fi
}

inline fetch(msg)
{
    lock(FETCH);
    gate_wait(FETCH);
    if
    :: success -> get(msg); unlock_and_admit(FETCH)
    :: else -> unlock(FETCH)
    fi
}

/* --- who uses it ------------------------------------------------------------------------------ */

/* Message number n of poster p is p * MESSAGES + n + 1. */
proctype poster(byte self)
{
    byte n, waiter;
    bool has_unit, success, late, was_empty, wake_it;
    bool may_be_late = false;
    do
    :: n < MESSAGES ->
        post(self * MESSAGES + n + 1, n % 2 == 1);
        if
        :: !success -> post(self * MESSAGES + n + 1, true)
        :: else
        fi;
        n++
    :: else -> break
    od
}

proctype fetcher(byte self)
{
    byte msg, waiter, from;
    byte last[POSTERS];
    bool has_unit, success, late, was_empty, wake_it;
    bool may_be_late = (self == POSTERS);
    do
    :: atomic { fetched < ALL -> fetched++ };
        success = false;
        do
        :: success -> break
        :: else -> fetch(msg)
        od;
        atomic {
            from = (msg - 1) / MESSAGES;
            assert(msg > last[from]);
            last[from] = msg;
            msg = 0
        }
    :: fetched == ALL -> break
    od
}

init
{
    byte i;
    atomic {
        do
        :: i < POSTERS -> run poster(i); i++
        :: i >= POSTERS && i < PROCESSES -> run fetcher(i); i++
        :: else -> break
        od
    }
}
