/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Constants that BTF does not carry, and the differences between kernels. */
#ifndef COMPAT_BPF_H
#define COMPAT_BPF_H

#define AF_INET 2
#define AF_INET6 10
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86DD
#define IFF_LOOPBACK 0x8
#define ETH_P_8021Q 0x8100
#define ETH_P_8021AD 0x88A8
#define ETH_HLEN 14
#define ETH_ALEN 6
#define ARPHRD_ETHER 1
#define ARPHRD_LOOPBACK 772
#define IFF_SLAVE 0x800
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define ENOENT 2
#define EINTR 4
#define EAGAIN 11
#define EALREADY 114
#define EINPROGRESS 115
#define EISCONN 106
#define ENOSYS 38
#define ERESTARTSYS 512 /* EINTR to the caller, or the call again */
#define MSG_PEEK 2
#define SOCK_STREAM 1
#define RCV_SHUTDOWN 1
#define SOCKFS_MAGIC 0x534F434B

/* include/net/sock.h, enum sock_flags: order has not changed since 2.6 */
#define SOCK_DEAD 0
#define SOCK_DONE 1
#define SOCK_KEEPOPEN 3
#define SOCK_LINGER 4

/* include/linux/netdevice.h, enum netdev_priv_flags */
#define IFF_MACVLAN_PORT (1 << 8)
#define IFF_BRIDGE_PORT (1 << 9)
#define IFF_TEAM_PORT (1 << 13)

#define TCP_NAGLE_OFF 1
#define TCP_NAGLE_CORK 2

#if defined(__TARGET_ARCH_x86)
#define SYS_read 0
#define SYS_write 1
#define SYS_close 3
#define SYS_dup2 33
#define SYS_connect 42
#define SYS_accept 43
#define SYS_shutdown 48
#define SYS_listen 50
#define SYS_splice 275
#define SYS_accept4 288
#define SYS_dup3 292
#define SYS_sendfile 40
#define SYS_readv 19
#define SYS_writev 20
#define SYS_sendto 44
#define SYS_recvfrom 45
#define SYS_sendmsg 46
#define SYS_recvmsg 47
#define SYS_recvmmsg 299
#define SYS_sendmmsg 307
#define SYS_preadv2 327
#define SYS_pwritev2 328
#define REG_NR orig_ax
#define REG_ARG1 di
#define REG_ARG2 si
#define REG_ARG3 dx
#define REG_ARG4 r10
#define REG_RET ax
#define COMPAT_ARG1 bx
#define COMPAT_ARG2 cx
#define TS_COMPAT 0x0002
#elif defined(__TARGET_ARCH_arm64)
#define SYS_read 63
#define SYS_write 64
#define SYS_close 57
#define SYS_dup2 -2
#define SYS_connect 203
#define SYS_accept 202
#define SYS_shutdown 210
#define SYS_listen 201
#define SYS_splice 76
#define SYS_accept4 242
#define SYS_dup3 24
#define SYS_sendfile 71
#define SYS_readv 65
#define SYS_writev 66
#define SYS_sendto 206
#define SYS_recvfrom 207
#define SYS_sendmsg 211
#define SYS_recvmsg 212
#define SYS_recvmmsg 243
#define SYS_sendmmsg 269
#define SYS_preadv2 286
#define SYS_pwritev2 287
#define REG_NR syscallno
#define REG_ARG1 orig_x0
#define REG_ARG2 regs[1]
#define REG_ARG3 regs[2]
#define REG_ARG4 regs[3]
#define REG_RET regs[0]
#define COMPAT_ARG1 REG_ARG1
#define COMPAT_ARG2 REG_ARG2
#endif

/*
 * Handlers are written once for every way to attach. A program whose argument
 * is a BTF pointer loads members directly; a kprobe, or a pointer found by
 * walking, reads them with a helper. direct is a constant of the caller, so
 * only one of the two is compiled. The pointer is copied: the helper's macro
 * takes whatever it was a member of for the kernel's, too.
 */
#define RD(ptr, member)                                                \
	({                                                             \
		typeof(+((ptr)->member)) __v;                          \
		const typeof(*(ptr)) *__from = (ptr);                  \
		if (direct)                                            \
			__v = __from->member;                          \
		else                                                   \
			__v = BPF_CORE_READ(__from, member);           \
		__v;                                                   \
	})

/* What makes a pointer of an address: since 6.2 (fd264ca02094). cfg.have_cast
 * tells whether it is there. */
#ifdef NO_CAST
#define HAVE_CAST false
#define CAST(type, ptr) ((type *)(ptr))
#else
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

#define HAVE_CAST cfg.have_cast
#define CAST(type, ptr)                                                \
	((type *)bpf_rdonly_cast(ptr, bpf_core_type_id_kernel(type)))
#endif

/*
 * Same as RD() for a member that is a pointer; it keeps its type. Loaded
 * through a pointer that the verifier trusts it makes it search all names of
 * the kernel's types, a millisecond each; through a cast it does not.
 */
#define RDP(ptr, member)                                               \
	({                                                             \
		typeof(&*((ptr)->member)) __v;                         \
		const typeof(*(ptr)) *__from = (ptr);                  \
		if (direct && HAVE_CAST)                               \
			__v = CAST(typeof(*(ptr)), __from)->member;    \
		else if (direct)                                       \
			__v = __from->member;                          \
		else                                                   \
			__v = BPF_CORE_READ(__from, member);           \
		__v;                                                   \
	})

/* The same; where there are no casts it is an address. */
#define PTR(ptr, member)                                               \
	({                                                             \
		typeof(&*((ptr)->member)) __p;                         \
		const typeof(*(ptr)) *__of = (ptr);                    \
		if (direct && HAVE_CAST)                               \
			__p = CAST(typeof(*(ptr)), __of)->member;      \
		else                                                   \
			__p = BPF_CORE_READ(__of, member);             \
		__p;                                                   \
	})

/* An address that was found by walking: where direct, its members are loads. */
#define FOUND(type, ptr)                                               \
	({                                                             \
		type *__p = (type *)(ptr);                             \
		if (direct)                                            \
			__p = CAST(type, ptr);                         \
		__p;                                                   \
	})

/* Any type of the kernel's that is two words will do. */
struct timespec64___words {
	long long tv_sec;
	long tv_nsec;
} __attribute__((preserve_access_index));

/* A name of sixteen bytes: two loads cost a tenth of the helper's call. */
#define COPY16(to, from)                                               \
	({                                                             \
		if (HAVE_CAST) {                                       \
			const struct timespec64___words *__w =         \
				CAST(struct timespec64___words, from); \
			__u64 *__to = (__u64 *)(to);                   \
			__to[0] = __w->tv_sec;                         \
			__to[1] = __w->tv_nsec;                        \
		} else {                                               \
			bpf_probe_read_kernel(to, 16, from);           \
		}                                                      \
	})

/*
 * A word of a tracing program's context, where which word depends on the
 * kernel. Written out: the compiler would make one load of two branches, at an
 * offset that varies, and the verifier refuses that.
 */
#define CTX_WORD(n)                                                    \
	({                                                             \
		__u64 __v;                                             \
		asm volatile("%0 = *(u64 *)(%1 + %2)"                  \
			     : "=r"(__v) : "r"(ctx), "i"((n) * 8));    \
		__v;                                                   \
	})

#endif
