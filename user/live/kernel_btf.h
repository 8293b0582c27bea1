/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running kernel's own types, also where /sys/kernel/btf is not to be seen
 * (a container's /sys is often covered): whoever may ask the kernel gets them
 * by bpf(2).
 */
#ifndef LIVE_KERNEL_BTF_H
#define LIVE_KERNEL_BTF_H

/* A descriptor to read them from, or -errno: -ENOENT if there are none. */
int kernel_btf__open(void);

/*
 * libbpf reads them by their path only. Between these two calls they are there
 * for the calling thread, which is in a mount namespace of its own if they were
 * not. 0 or -errno.
 */
struct kernel_btf_view {
	int data;
	int mnt, root, cwd; /* to go back to */
};
int kernel_btf__show(struct kernel_btf_view *v);
void kernel_btf__hide(struct kernel_btf_view *v);

#endif
