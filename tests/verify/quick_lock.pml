/* quick_lock.pml - a model of ports/common/quick_lock.c: THREADS lock and unlock ROUNDS times each.
 * What is verified: never two inside (an assertion), every thread comes to its end (no wake-up is
 * lost, no handoff is without a receiver), and what is handed over goes to one that was woken. The names and the steps are those of the
 * source; a fence makes its two sides' steps happen in the order written here. With PLANT_... defined
 * the model has a bug that must be found. */
#define THREADS 3
#define ROUNDS  2

bool taken;
byte waiting;
bool mutex; /* the lock's queue */
bool starving;
bool handoff;
byte asleep; /* on the lock's wake-up */
byte woken;  /* of these, who may go on */
byte inside;

#define take_mutex() atomic { !mutex -> mutex = true }
#define free_mutex() mutex = false

/* Wakes one, who is any of them. */
#define wake()                                                                                     \
    atomic {                                                                                       \
        if                                                                                         \
        :: asleep > woken -> woken++                                                               \
        :: else                                                                                    \
        fi                                                                                         \
    }

inline sleep()
{
    atomic { asleep++; free_mutex() };
    atomic { woken > 0 -> woken--; asleep-- };
    take_mutex()
}

inline try_lock()
{
    atomic { mine = !taken; taken = true }
}

inline wait_for_lock()
{
    was_woken = false;
    take_mutex();
#ifndef PLANT_COUNT_AFTER_LOOK
    waiting++;
#endif
    do
#ifdef PLANT_HAND_TO_NEWCOMER
    :: handoff -> assert(was_woken); break
#else
    :: was_woken && handoff -> break
#endif
    :: else ->
        try_lock();
        if
        :: mine -> break
        :: else
        fi;
#ifdef PLANT_COUNT_AFTER_LOOK
        waiting++;
#endif
        sleep();
#ifdef PLANT_COUNT_AFTER_LOOK
        waiting--;
#endif
        was_woken = true;
        starving = true
    od;
    handoff = false;
    starving = false;
#ifndef PLANT_COUNT_AFTER_LOOK
    waiting--;
#endif
    free_mutex()
}

inline unlock_with_waiters()
{
    take_mutex();
    handoff = starving;
    if
#ifdef PLANT_HAND_AND_FREE
    :: handoff -> taken = false
#endif
    :: !handoff -> taken = false
    :: else
    fi;
    wake();
    free_mutex()
}

inline unlock()
{
    if
    :: waiting != 0 -> unlock_with_waiters()
    :: else ->
        taken = false;
#ifndef PLANT_NO_LOOK_AFTER_FREE
        if
        :: waiting != 0 -> take_mutex(); wake(); free_mutex()
        :: else
        fi
#endif
    fi
}

active [THREADS] proctype thread()
{
    byte round;
    bool mine;
    bool was_woken; /* in this wait: only then what is handed over may be its own */
    do
    :: round < ROUNDS ->
        try_lock();
        if
        :: !mine -> wait_for_lock()
        :: else
        fi;
        inside++;
        assert(inside == 1);
        inside--;
        unlock();
        round++
    :: else -> break
    od
}
