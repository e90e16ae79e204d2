/* Pools of lwIP's list, the user's own ones, and a hook that hears when a pool has elements again. */
#define MEM_ALIGNMENT         8
#define MEMP_USE_CUSTOM_POOLS 1
#define MEMP_NUM_PBUF         3
#define PBUF_POOL_SIZE        2
#define PBUF_POOL_BUFSIZE     256

#define LWIP_HOOK_MEMP_AVAILABLE(type) memp_test_available((int)(type))
void memp_test_available(int type);
