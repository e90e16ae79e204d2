/* lwipopts.h - what both libraries are built with for the mailbox benchmark. */
#define NO_SYS     0
#define MEM_ALIGNMENT 8
#define SYS_STATS  1
#define LWIP_TCPIP_CORE_LOCKING 0
