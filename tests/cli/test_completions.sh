#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What the bash completion offers is what the program takes.

. tests/cli/tap.sh
. packaging/completions/tcptrace-bpf.bash

# offers WORD...: what completes the last word, one a line, sorted.
offers()
{
	COMP_WORDS=(tcptrace-bpf "$@")
	COMP_CWORD=$#
	_tcptrace_bpf tcptrace-bpf
	printf '%s\n' "${COMPREPLY[@]}" | sort -u
}

# help_words SED COMMAND: words that --help lists, one a line, sorted.
help_words()
{
	"$bin" "$2" --help | sed -n "$1" | tr ',|' '\n\n' | tr -d ' ' | grep . | sort
}

for command in trace run list read doctor; do
	options $command > "$tmp/want"
	offers $command - > "$tmp/got"
	same "$command: options" "$tmp/want" "$tmp/got"
	help_words 's/.*FORMAT *one of: //p' $command > "$tmp/want"
	offers $command -o '' > "$tmp/got"
	same "$command: outputs" "$tmp/want" "$tmp/got"
done

offers '' > "$tmp/got"
printf '%s\n' doctor list read run trace > "$tmp/want"
same 'commands' "$tmp/want" "$tmp/got"

offers --events '' | grep -v ^no- > "$tmp/got"
help_words '/^Names for --events/,/^$/s/^  //p' trace > "$tmp/want"
same 'events' "$tmp/want" "$tmp/got"
offers --events '' | sed -n s/^no-//p > "$tmp/got"
sed -i /lost/d "$tmp/want"
same 'events to leave out' "$tmp/want" "$tmp/got"
offers list --state '' > "$tmp/got"
help_words '/^Names for --state/,/^$/s/^  //p' list > "$tmp/want"
same 'states' "$tmp/want" "$tmp/got"

for option in --packets --color --tap; do
	help_words "s/.*$option \\([a-z|]*\\).*/\\1/p" trace > "$tmp/want"
	offers $option '' > "$tmp/got"
	same "values of $option" "$tmp/want" "$tmp/got"
done

: > "$tmp/refused"
for option in --packets --color --tap --hooks --events --state -i; do
	for value in $(offers $option ''); do
		"$bin" trace $option "$value" --help > /dev/null 2>> "$tmp/refused"
	done
done
empty 'the program takes every value' "$tmp/refused"

offers --events connect,no-cl > "$tmp/got"
echo connect,no-close > "$tmp/want"
same 'the last item of a list' "$tmp/want" "$tmp/got"
offers --hooks = k > "$tmp/got"
echo kprobe > "$tmp/want"
same 'a value after =' "$tmp/want" "$tmp/got"
offers run -- --lis > "$tmp/got"
holds 'nothing of ours in the COMMAND of run' [ -z "$(cat "$tmp/got")" ]

finish
