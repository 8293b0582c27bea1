#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --help and --version. UPDATE=1 rewrites the texts that are expected.

. tests/cli/tap.sh

for command in '' run list read doctor; do
	want=tests/cli/help/${command:-tcptrace-bpf}.txt
	"$bin" $command --help > "$tmp/out" 2> "$tmp/err"
	status=$?
	[ -z "$UPDATE" ] || cp "$tmp/out" "$want"
	holds "$command --help: status 0" [ $status -eq 0 ]
	same "$command --help: the text" "$want" "$tmp/out"
	empty "$command --help: nothing on standard error" "$tmp/err"
	LC_ALL=C grep -nE '.{81}|	' "$tmp/out" > "$tmp/wide"
	empty "$command --help: 80 columns, no tabs" "$tmp/wide"
done

"$bin" --version > "$tmp/out" 2>&1
holds '--version: status 0' [ $? -eq 0 ]
holds '--version: name and version' grep -qxE 'tcptrace-bpf [^ ]+' "$tmp/out"
holds '--version: one line' [ "$(wc -l < "$tmp/out")" -eq 1 ]

"$bin" --help > /dev/full 2> "$tmp/err"
holds '--help to a full disk: status 1' [ $? -eq 1 ]
echo 'tcptrace-bpf: standard output: No space left on device' > "$tmp/want"
same '--help to a full disk: says so' "$tmp/want" "$tmp/err"

# Its reader is gone before it starts: the fifo's only reader has closed.
mkfifo "$tmp/fifo"
exec 4<> "$tmp/fifo" 5> "$tmp/fifo" 4<&-
(
	trap '' PIPE
	"$bin" --help >&5 2> "$tmp/err"
	echo $? > "$tmp/status"
)
exec 5>&-
holds '--help to a closed pipe: status 0' [ "$(cat "$tmp/status")" -eq 0 ]
empty '--help to a closed pipe: quiet' "$tmp/err"

finish
