/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of `doctor` that is about privileges and the host. */
#ifndef DOCTOR_HOST_H
#define DOCTOR_HOST_H

#include <stdbool.h>

struct out;

/* Lines of text, or members of a JSON object that end with a comma. */
void doctor_host__put(struct out *out, bool json);
/* Lines on what to do; nothing where there is nothing to do. */
void doctor_host__put_advice(struct out *out, bool has_btf);

#endif
