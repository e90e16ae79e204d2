/* Elements come from the heap; the limit of each pool stays. */
#define MEM_ALIGNMENT    8
#define MEMP_MEM_MALLOC  1
#define MEMP_STATS       1
#define MEMP_NUM_PBUF    3
#define PBUF_POOL_SIZE   2
#define MEM_SIZE         60000

/* A refused free is a fault; it need not stop the program. */
#define LWIP_MEM_ILLEGAL_FREE(message)
