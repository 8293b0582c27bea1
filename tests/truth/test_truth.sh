#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The short form of `make truth`, for `make check`.
cd "$(dirname "$0")/../.." || exit 1
if [ "$(id -u)" != 0 ]; then
	echo "truth: needs root"
	exit 77
fi
if ! command -v tcpdump >/dev/null; then
	echo "truth: tcpdump is not installed"
	exit 77
fi
exec scripts/truth 500
