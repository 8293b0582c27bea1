/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/kernel_btf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/sys/kernel/btf"
#define FILE_THERE FOLDER "/vmlinux"

static int fill(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size -= n;
	}
	return lseek(fd, 0, SEEK_SET) ? -errno : 0;
}

/* Asks twice: for the size, and for the data. A memfd, or -errno. */
static int copy_of(int btf, uint32_t size)
{
	struct bpf_btf_info info = { .btf_size = size };
	uint32_t len = sizeof(info);
	char *data = malloc(size);
	int fd, err;

	if (!data)
		return -ENOMEM;
	info.btf = (uintptr_t)data;
	fd = memfd_create("vmlinux", MFD_CLOEXEC);
	err = fd < 0 || bpf_obj_get_info_by_fd(btf, &info, &len) ?
	      -errno : fill(fd, data, size);
	free(data);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

/* Size of those of the kernel itself; 0: it is another object. */
static uint32_t size_of_vmlinux(int btf)
{
	char name[16] = "";
	struct bpf_btf_info info = {
		.name = (uintptr_t)name,
		.name_len = sizeof(name),
	};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(btf, &info, &len) || strcmp(name, "vmlinux"))
		return 0;
	return info.btf_size;
}

static int ask_kernel(void)
{
	uint32_t id = 0, size = 0;
	int btf, fd;

	/* It reads its own types when it first checks a program. */
	libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_SOCKET_FILTER, NULL);
	while (!bpf_btf_get_next_id(id, &id)) {
		btf = bpf_btf_get_fd_by_id(id);
		if (btf < 0)
			continue;
		size = size_of_vmlinux(btf);
		fd = size ? copy_of(btf, size) : -1;
		close(btf);
		if (size)
			return fd;
	}
	return errno == EPERM ? -EPERM : -ENOENT;
}

int kernel_btf__open(void)
{
	int fd = open(FILE_THERE, O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd : ask_kernel();
}

/* --- for libbpf ------------------------------------------------------------ */

static void close_all(struct kernel_btf_view *v)
{
	int *fds[] = { &v->data, &v->mnt, &v->root, &v->cwd };

	for (size_t i = 0; i < 4; i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

/* On the deepest of the folders that there is. */
static int cover(void)
{
	static const char *const folders[] = { FOLDER, "/sys/kernel", "/sys" };
	size_t i = 0;

	while (i < 3 && access(folders[i], F_OK))
		i++;
	if (i == 3)
		return -ENOENT;
	if (mount("none", folders[i], "tmpfs", 0, NULL))
		return -errno;
	while (i--)
		if (mkdir(folders[i], 0755))
			return -errno;
	return 0;
}

static int put_there(int fd)
{
	char path[32];
	int err;

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	err = cover();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!err && symlink(path, FILE_THERE))
		err = -errno;
	return err;
}

static int enter_own(struct kernel_btf_view *v)
{
	v->mnt = open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC);
	v->root = open("/", O_PATH | O_CLOEXEC);
	v->cwd = open(".", O_PATH | O_CLOEXEC);
	if (v->mnt < 0 || v->root < 0 || v->cwd < 0 || unshare(CLONE_NEWNS))
		return -errno;
	return 0;
}

int kernel_btf__show(struct kernel_btf_view *v)
{
	int err;

	*v = (struct kernel_btf_view){ -1, -1, -1, -1 };
	if (!access(FILE_THERE, R_OK))
		return 0;
	v->data = ask_kernel();
	if (v->data < 0)
		return v->data;
	err = enter_own(v);
	if (err) {
		close_all(v);
		return err;
	}
	err = put_there(v->data);
	if (err)
		kernel_btf__hide(v);
	return err;
}

void kernel_btf__hide(struct kernel_btf_view *v)
{
	if (v->mnt < 0)
		return;
	/* Going there changes both folders to those of the namespace. */
	if (setns(v->mnt, CLONE_NEWNS) || fchdir(v->root) || chroot(".") ||
	    fchdir(v->cwd))
		abort(); /* a process that sees other files than it thinks */
	close_all(v);
}
