// SPDX-License-Identifier: BSD-2-Clause
/* Answers of sock_diag, and bytes that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/inet_diag.h>
#include <linux/mptcp.h>
#include <linux/tcp.h>
#include <linux/tls.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "event/diag_attrs.h"

struct attrs {
	_Alignas(8) uint8_t bytes[4096];
	size_t len;
};

static void put(struct attrs *a, uint16_t type, const void *data, uint16_t len)
{
	uint16_t head[2] = { len + 4, type };

	memcpy(a->bytes + a->len, head, 4);
	memcpy(a->bytes + a->len + 4, data, len);
	a->len += (4 + len + 3) & ~3u;
}

static void put_nest(struct attrs *a, uint16_t type, const struct attrs *inner)
{
	put(a, type, inner->bytes, inner->len);
}

static struct sock_diag take(const struct attrs *a, struct diag_parts *parts)
{
	struct sock_diag d = { 0 };

	diag_attrs__take(&d, parts, a->bytes, a->len);
	return d;
}

static void test_numbers(void **state)
{
	static const uint32_t mem[SKMEM_MAX] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	uint32_t mark = 0x1f;
	uint64_t cgroup = 1ULL << 40;
	uint8_t one = 1, three = 3;
	struct diag_parts parts;
	struct attrs a = { 0 };
	struct sock_diag d;

	(void)state;
	put(&a, INET_DIAG_SKMEMINFO, mem, sizeof(mem));
	put(&a, INET_DIAG_CONG, "cubic", 6);
	put(&a, INET_DIAG_MARK, &mark, 4);
	put(&a, INET_DIAG_CGROUP_ID, &cgroup, 8);
	put(&a, INET_DIAG_SKV6ONLY, &one, 1);
	put(&a, INET_DIAG_SHUTDOWN, &three, 1);
	d = take(&a, &parts);
	assert_int_equal(d.nskmem, SKMEM_MAX);
	assert_int_equal(d.skmem[SKMEM_DROPS], 9);
	assert_string_equal(d.cong, "cubic");
	assert_int_equal(d.mark, 0x1f);
	assert_int_equal(d.cgroup, cgroup);
	assert_int_equal(d.v6only, 1);
	assert_int_equal(d.shutdown, 3);
	assert_int_equal(d.has, DIAG_CONG | DIAG_MARK | DIAG_CGROUP | DIAG_V6ONLY |
				DIAG_SHUTDOWN);
}

/* Fewer memory counters and a shorter tcp_info, as older kernels send. */
static void test_shorter(void **state)
{
	static const uint32_t mem[3] = { 1, 2, 3 };
	static const uint8_t info[104] = { 10 };
	uint16_t half = 7;
	struct diag_parts parts;
	struct attrs a = { 0 };
	struct sock_diag d;

	(void)state;
	put(&a, INET_DIAG_SKMEMINFO, mem, sizeof(mem));
	put(&a, INET_DIAG_INFO, info, sizeof(info));
	put(&a, INET_DIAG_MARK, &half, 2);
	d = take(&a, &parts);
	assert_int_equal(d.nskmem, 3);
	assert_int_equal(d.tcp_info_len, sizeof(info));
	assert_memory_equal(d.tcp_info, info, sizeof(info));
	assert_false(d.has & DIAG_MARK);
}

static void test_congestion_control(void **state)
{
	struct tcp_bbr_info bbr = { .bbr_bw_lo = 5, .bbr_bw_hi = 1, .bbr_min_rtt = 30 };
	struct tcp_dctcp_info dctcp = { .dctcp_alpha = 1024, .dctcp_ab_tot = 9 };
	struct diag_parts parts;
	struct attrs a = { 0 }, b = { 0 };
	struct sock_diag d;

	(void)state;
	put(&a, INET_DIAG_BBRINFO, &bbr, sizeof(bbr));
	d = take(&a, &parts);
	assert_int_equal(d.has, DIAG_BBR);
	assert_int_equal(d.cc.bbr.bw, (1ULL << 32) + 5);
	assert_int_equal(d.cc.bbr.min_rtt, 30);
	put(&b, INET_DIAG_DCTCPINFO, &dctcp, sizeof(dctcp));
	d = take(&b, &parts);
	assert_int_equal(d.has, DIAG_DCTCP);
	assert_int_equal(d.cc.dctcp.alpha, 1024);
	assert_int_equal(d.cc.dctcp.ab_tot, 9);
}

static void test_upper_layers(void **state)
{
	uint16_t version = 0x304, cipher = 51;
	uint32_t token = 0xabcd;
	struct attrs tls = { 0 }, ulp = { 0 }, a = { 0 }, m = { 0 }, u = { 0 }, b = { 0 };
	struct diag_parts parts;
	struct sock_diag d;

	(void)state;
	put(&tls, TLS_INFO_VERSION, &version, 2);
	put(&tls, TLS_INFO_CIPHER, &cipher, 2);
	put(&tls, TLS_INFO_ZC_RO_TX, "", 0);
	put(&ulp, INET_ULP_INFO_NAME, "tls", 4);
	put_nest(&ulp, INET_ULP_INFO_TLS | 0x8000, &tls); /* NLA_F_NESTED */
	put_nest(&a, INET_DIAG_ULP_INFO, &ulp);
	d = take(&a, &parts);
	assert_non_null(d.ulp);
	assert_string_equal(d.ulp->name, "tls");
	assert_int_equal(d.ulp->tls_version, 0x304);
	assert_int_equal(d.ulp->has, ULP_TLS_VERSION | ULP_TLS_CIPHER | ULP_TLS_ZC);

	put(&m, MPTCP_SUBFLOW_ATTR_TOKEN_REM, &token, 4);
	put(&u, INET_ULP_INFO_NAME, "mptcp", 6);
	put_nest(&u, INET_ULP_INFO_MPTCP, &m);
	put_nest(&b, INET_DIAG_ULP_INFO, &u);
	d = take(&b, &parts);
	assert_int_equal(d.ulp->token_rem, token);
	assert_int_equal(d.ulp->has, ULP_MPTCP_TOKENS);
}

static void test_keys(void **state)
{
	struct tcp_diag_md5sig sig[2] = {
		{ .tcpm_family = AF_INET, .tcpm_prefixlen = 24, .tcpm_keylen = 3,
		  .tcpm_key = "abc" },
		{ .tcpm_family = AF_INET6, .tcpm_prefixlen = 64, .tcpm_keylen = 200 },
	};
	struct diag_parts parts;
	struct attrs a = { 0 };
	struct sock_diag d;

	(void)state;
	memcpy(sig[0].tcpm_addr, "\x0a\x01\x02\x03", 4);
	put(&a, INET_DIAG_MD5SIG, sig, sizeof(sig));
	d = take(&a, &parts);
	assert_int_equal(d.nmd5, 2);
	assert_int_equal(d.md5[0].family, 4);
	assert_memory_equal(d.md5[0].addr + 10, "\xff\xff\x0a\x01\x02\x03", 6);
	assert_memory_equal(d.md5[0].key, "abc", 3);
	assert_int_equal(d.md5[1].family, 6);
	assert_int_equal(d.md5[1].key_len, sizeof(d.md5[1].key)); /* never beyond it */
}

/* An attribute that leaves what it is in ends the reading, quietly. */
static void test_broken(void **state)
{
	uint16_t too_long[2] = { 100, INET_DIAG_MARK }, too_short[2] = { 3, INET_DIAG_MARK };
	uint32_t mark = 9;
	struct diag_parts parts;
	struct attrs a = { 0 };
	struct sock_diag d;

	(void)state;
	put(&a, INET_DIAG_MARK, &mark, 4);
	memcpy(a.bytes + a.len, too_long, 4);
	a.len += 8;
	d = take(&a, &parts);
	assert_int_equal(d.mark, 9);
	a.len = 0;
	memcpy(a.bytes, too_short, 4);
	a.len = 8;
	d = take(&a, &parts);
	assert_int_equal(d.has, 0);
	a.len = 2;
	d = take(&a, &parts);
	assert_int_equal(d.has, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_shorter),
		cmocka_unit_test(test_congestion_control),
		cmocka_unit_test(test_upper_layers),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
