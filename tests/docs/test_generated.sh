#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every document that a program writes is what that program writes today.
build=${BUILD:-build}
n=0
status=0

for source in scripts/gen-*-md.c; do
	name=${source#scripts/gen-}
	name=${name%-md.c}
	n=$((n + 1))
	if "$build/scripts/gen-$name-md" | diff -u "docs/$name.md" -; then
		echo "ok $n - docs/$name.md is fresh"
	else
		echo "not ok $n - docs/$name.md is stale: run make docs"
		status=1
	fi
done
n=$((n + 1))
if python3 tests/vm/compatibility.py | diff -u docs/compatibility.md -; then
	echo "ok $n - docs/compatibility.md is fresh"
else
	echo "not ok $n - docs/compatibility.md is stale: run make compatibility"
	status=1
fi
echo "1..$n"
exit $status
