#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A wrong command line ends the program before it looks at the kernel: status
# 2, one line on standard error, nothing on standard output, for any user.

. tests/cli/tap.sh

refuses()
{
	want=$1
	shift
	# what is taken by mistake would run on
	timeout 60 "$@" > "$tmp/out" 2> "$tmp/err" < /dev/null
	status=$?
	shift
	holds "'$*': status 2, not $status" [ $status -eq 2 ]
	echo "tcptrace-bpf: $want" > "$tmp/want"
	same "'$*': says why" "$tmp/want" "$tmp/err"
	empty "'$*': nothing on standard output" "$tmp/out"
}

refuses "-p: '0' is not a process id: give a number from 1 to 4194304" "$bin" -p 0
refuses "--addr: '10.0.0.0/33' has no such prefix: give a length from 0 to 32" \
	"$bin" --addr 10.0.0.0/33
refuses "-4: conflicts with -6: leave both out for both families" "$bin" list -4 -6
refuses "run: no COMMAND: say tcptrace-bpf run [options] -- COMMAND [ARG...]" "$bin" run
refuses "'--prot': no such option: did you mean --port?" "$bin" --prot 80
refuses "-w -: standard output takes the recording or the events: add --log FILE, or leave -o out" \
	"$bin" -w - -o json
refuses "top: not in this release: use trace, run, list, read or doctor" "$bin" top
refuses "FILTER: can't parse filter expression: syntax error, at column 5" \
	"$bin" tcp prot 80
refuses "--ready-fd: '9' is not an open descriptor: open it in the shell, as in 3>file" \
	"$bin" --ready-fd 9

if [ "$(id -u)" -eq 0 ] && command -v setpriv > /dev/null; then
	cp "$bin" "$tmp/tcptrace-bpf"
	chmod 755 "$tmp" "$tmp/tcptrace-bpf"
	refuses "-c: '0' is not possible: give a number from 1 up" \
		setpriv --reuid=65534 --clear-groups "$tmp/tcptrace-bpf" -c 0
fi

finish
