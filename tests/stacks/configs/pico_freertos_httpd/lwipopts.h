/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of raspberrypi/pico-examples at 2507272357d8,
 * pico_w/wifi/lwipopts_examples_common.h, and those of
 * pico_w/wifi/freertos/httpd: a web server with mDNS on FreeRTOS. */
#ifndef PICO_HTTPD_LWIPOPTS_H
#define PICO_HTTPD_LWIPOPTS_H

#define NO_SYS 0

#include "../pico_background/lwipopts.h"

#define LWIP_MDNS_RESPONDER            1
#define LWIP_IGMP                      1
#define LWIP_NUM_NETIF_CLIENT_DATA     1
#define MDNS_RESP_USENETIF_EXTCALLBACK 1
#define MEMP_NUM_SYS_TIMEOUT           (LWIP_NUM_SYS_TIMEOUT_INTERNAL + 3)
#define MEMP_NUM_TCP_PCB               12
#define LWIP_HTTPD_CGI                 1
#define LWIP_HTTPD_SSI                 1
#define LWIP_HTTPD_SSI_MULTIPART       1
#define TCPIP_THREAD_STACKSIZE         2048
#define DEFAULT_THREAD_STACKSIZE       1024
#define DEFAULT_RAW_RECVMBOX_SIZE      8
#define TCPIP_MBOX_SIZE                8
#define LWIP_TIMEVAL_PRIVATE           0
#define LWIP_TCPIP_CORE_LOCKING_INPUT  1
#define HTTPD_FSDATA_FILE              "fsdata_custom.c"

#endif
