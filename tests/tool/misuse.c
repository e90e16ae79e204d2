/* misuse.c - linked into a copy of the program in place of the worker's entry (--wrap), it leaks
 * the second frame or frees the second frame twice, as CISTERN_TEST_MISUSE says: to see that the
 * program notices. */
#include <stdlib.h>
#include <string.h>

#include "network.h"

void __real_network_handle(const frame_host_t *host, link_type_t link, struct pbuf *data);
void __wrap_network_handle(const frame_host_t *host, link_type_t link, struct pbuf *data);

void __wrap_network_handle(const frame_host_t *host, link_type_t link, struct pbuf *data)
{
    const char *const misuse = getenv("CISTERN_TEST_MISUSE");
    if (misuse == NULL || data->frame_number != 2) {
        __real_network_handle(host, link, data);
    } else if (strcmp(misuse, "free twice") == 0) {
        pbuf_free(data);
        pbuf_free(data);
    } /* else it leaks */
}
