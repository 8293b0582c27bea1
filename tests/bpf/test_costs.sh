#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the programs cost this machine's verifier, as test_load_each found it,
# against tests/vm/verifier.baseline if that knows such a kernel.
costs=${BUILD:-build}/host.costs
if [ ! -s "$costs" ]; then
	echo 'no program was loaded'
	exit 77
fi
exec python3 tests/vm/costs.py host "$costs"
