// SPDX-License-Identifier: BSD-2-Clause
#include "event/names.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const states[ST_MAX] = {
	[ST_ESTABLISHED] = "ESTABLISHED",
	[ST_SYN_SENT] = "SYN_SENT",
	[ST_SYN_RECV] = "SYN_RECV",
	[ST_FIN_WAIT1] = "FIN_WAIT1",
	[ST_FIN_WAIT2] = "FIN_WAIT2",
	[ST_TIME_WAIT] = "TIME_WAIT",
	[ST_CLOSE] = "CLOSE",
	[ST_CLOSE_WAIT] = "CLOSE_WAIT",
	[ST_LAST_ACK] = "LAST_ACK",
	[ST_LISTEN] = "LISTEN",
	[ST_CLOSING] = "CLOSING",
	[ST_NEW_SYN_RECV] = "SYN_RECV",
};

/* What ss and RFC 9293 call some of them, dashes and underscores aside. */
static const struct {
	const char *name;
	unsigned int state;
} state_aliases[] = {
	{ "ESTAB", ST_ESTABLISHED },
	{ "SYNRECEIVED", ST_SYN_RECV },
	{ "UNCONN", ST_CLOSE },
	{ "CLOSED", ST_CLOSE },
	{ "LISTENING", ST_LISTEN },
};

/* asm-generic's numbers: x86 and arm64 alike. */
#define E(name) [name] = #name
static const char *const errnos[] = {
	E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG),
	E(ENOEXEC), E(EBADF), E(ECHILD), E(EAGAIN), E(ENOMEM), E(EACCES),
	E(EFAULT), E(ENOTBLK), E(EBUSY), E(EEXIST), E(EXDEV), E(ENODEV),
	E(ENOTDIR), E(EISDIR), E(EINVAL), E(ENFILE), E(EMFILE), E(ENOTTY),
	E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EROFS), E(EMLINK), E(EPIPE),
	E(EDOM), E(ERANGE), E(EDEADLK), E(ENAMETOOLONG), E(ENOLCK), E(ENOSYS),
	E(ENOTEMPTY), E(ELOOP), E(ENOMSG), E(EIDRM), E(ECHRNG), E(EL2NSYNC),
	E(EL3HLT), E(EL3RST), E(ELNRNG), E(EUNATCH), E(ENOCSI), E(EL2HLT),
	E(EBADE), E(EBADR), E(EXFULL), E(ENOANO), E(EBADRQC), E(EBADSLT),
	E(EBFONT), E(ENOSTR), E(ENODATA), E(ETIME), E(ENOSR), E(ENONET), E(ENOPKG),
	E(EREMOTE), E(ENOLINK), E(EADV), E(ESRMNT), E(ECOMM), E(EPROTO),
	E(EMULTIHOP), E(EDOTDOT), E(EBADMSG), E(EOVERFLOW), E(ENOTUNIQ), E(EBADFD),
	E(EREMCHG), E(ELIBACC), E(ELIBBAD), E(ELIBSCN), E(ELIBMAX), E(ELIBEXEC),
	E(EILSEQ), E(ERESTART), E(ESTRPIPE), E(EUSERS), E(ENOTSOCK),
	E(EDESTADDRREQ), E(EMSGSIZE), E(EPROTOTYPE), E(ENOPROTOOPT),
	E(EPROTONOSUPPORT), E(ESOCKTNOSUPPORT), E(EOPNOTSUPP), E(EPFNOSUPPORT),
	E(EAFNOSUPPORT), E(EADDRINUSE), E(EADDRNOTAVAIL), E(ENETDOWN),
	E(ENETUNREACH), E(ENETRESET), E(ECONNABORTED), E(ECONNRESET), E(ENOBUFS),
	E(EISCONN), E(ENOTCONN), E(ESHUTDOWN), E(ETOOMANYREFS), E(ETIMEDOUT),
	E(ECONNREFUSED), E(EHOSTDOWN), E(EHOSTUNREACH), E(EALREADY),
	E(EINPROGRESS), E(ESTALE), E(EUCLEAN), E(ENOTNAM), E(ENAVAIL), E(EISNAM),
	E(EREMOTEIO), E(EDQUOT), E(ENOMEDIUM), E(EMEDIUMTYPE), E(ECANCELED),
	E(ENOKEY), E(EKEYEXPIRED), E(EKEYREVOKED), E(EKEYREJECTED), E(EOWNERDEAD),
	E(ENOTRECOVERABLE), E(ERFKILL), E(EHWPOISON),
};
#undef E

/* Kernel-internal results that a hook on a call's return sees, as strace names
 * them (include/linux/errno.h). */
static const struct {
	int err;
	const char *name;
} kernel_errnos[] = {
	{ 512, "ERESTARTSYS" },
	{ 513, "ERESTARTNOINTR" },
	{ 514, "ERESTARTNOHAND" },
	{ 515, "ENOIOCTLCMD" },
	{ 516, "ERESTART_RESTARTBLOCK" },
	{ 517, "EPROBE_DEFER" },
	{ 524, "ENOTSUPP" },
	{ 529, "EIOCBQUEUED" },
};

#define C(name) [SYS_##name] = #name
static const char *const calls[] = {
	C(read), C(readv), C(preadv2), C(recvfrom), C(recvmsg), C(recvmmsg),
	C(write), C(writev), C(pwritev2), C(sendto), C(sendmsg), C(sendmmsg),
	C(sendfile), C(splice), C(io_uring_enter),
	C(connect), C(accept), C(accept4), C(listen), C(shutdown),
	C(close), C(close_range), C(dup), C(dup3),
#ifdef SYS_dup2 /* arm64's libc makes dup3 of it */
	C(dup2),
#endif
	C(execve), C(execveat), C(exit), C(exit_group),
};
#undef C

const char *state_name(unsigned int state)
{
	return state < ST_MAX ? states[state] : NULL;
}

/* Equal but for case and for dashes and underscores: FIN-WAIT-1, fin_wait1. */
static bool is_same_state(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == '-' || *a == '_')
			a++;
		while (*b == '-' || *b == '_')
			b++;
		if (toupper((unsigned char)*a) != toupper((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

unsigned int state_by_name(const char *name)
{
	unsigned int i;

	for (i = ST_ESTABLISHED; i < ST_NEW_SYN_RECV; i++) {
		if (is_same_state(name, states[i]))
			return i;
	}
	for (i = 0; i < ARRAY_SIZE(state_aliases); i++) {
		if (is_same_state(name, state_aliases[i].name))
			return state_aliases[i].state;
	}
	return ST_NONE;
}

const char *errno_name(int err)
{
	size_t i;

	if (err < 0)
		return NULL;
	if ((size_t)err < ARRAY_SIZE(errnos))
		return errnos[err];
	for (i = 0; i < ARRAY_SIZE(kernel_errnos); i++) {
		if (kernel_errnos[i].err == err)
			return kernel_errnos[i].name;
	}
	return NULL;
}

const char *call_name(int sysno)
{
	if (sysno < 0 || (size_t)sysno >= ARRAY_SIZE(calls))
		return NULL;
	return calls[sysno];
}
