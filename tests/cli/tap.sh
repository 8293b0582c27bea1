# SPDX-License-Identifier: BSD-2-Clause
# Sourced by the tests of the binary; they run at the top of the tree.

bin=${BUILD:-build}/tcptrace-bpf
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
tests=0
failed=0

if ! [ -x "$bin" ]; then
	echo "$bin: not built"
	exit 77
fi

# result STATUS NAME: one test; what explains a failure is in $tmp/why.
result()
{
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		failed=1
		echo "not ok $tests - $2"
		sed 's/^/# /' "$tmp/why"
	fi
	: > "$tmp/why"
}

# same NAME WANT GOT: two files are equal.
same()
{
	diff -u "$2" "$3" > "$tmp/why" 2>&1
	result $? "$1"
}

# empty NAME FILE
empty()
{
	same "$1" /dev/null "$2"
}

# holds NAME TEST...: a command is true.
holds()
{
	name=$1
	shift
	"$@" > "$tmp/why" 2>&1
	status=$?
	[ $status -eq 0 ] || echo "status $status: $*" >> "$tmp/why"
	result $status "$name"
}

# options [COMMAND]: every option that --help shows, one a line.
options()
{
	"$bin" "$@" --help | sed -n 's/^  \(-.\)\(, \)\{0,1\}/\1\n/;
		s/^      --/--/; /^-/p' | grep -oE -- '^(-.|--[a-z-]+)' | sort -u
}

all_options()
{
	for command in trace run list read doctor; do
		options $command
	done | sort -u
}

finish()
{
	echo "1..$tests"
	exit $failed
}
