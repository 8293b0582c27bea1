/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run wants and this kernel offers, as the programs read it. */
#ifndef LIVE_CONFIGURE_H
#define LIVE_CONFIGURE_H

struct hook_choice;
struct probe;
struct session_opts;
struct tcptrace_bpf;

/* The constants of the programs and the sizes of their maps, before they are
 * loaded. */
void configure(struct tcptrace_bpf *skel, struct probe *p,
	       const struct session_opts *opts,
	       const struct hook_choice *choices);

#endif
