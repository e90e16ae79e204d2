/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MY_APP_H
#define MY_APP_H

struct my_app {
    int a[7];
};

#endif
