/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIVE_HZ_H
#define LIVE_HZ_H

#include <stdint.h>

#include "tcptrace/stats.h"

/* CONFIG_HZ of the running kernel; 0 if the facts do not tell. */
uint32_t kernel_hz(const struct tt_kernel *k);

#endif
