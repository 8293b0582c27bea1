#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The man page has what --help has, and nothing else; groff has no complaint.

. tests/cli/tap.sh

page=man/tcptrace-bpf.8

# section NAME: its lines.
section()
{
	sed -n "/^\.Sh $1\$/,/^\.Sh /p" $page
}

# after TITLE: the words of a list at the end of trace's --help.
after()
{
	"$bin" trace --help | sed -n "/^$1/,/^\$/p" | grep '^  ' | tr -d ' ' | tr ',' '\n' |
		grep . | sort
}

all_options > "$tmp/help"
section OPTIONS | grep '^\.It Fl' | grep -oE 'Fl -?[A-Za-z0-9#-]+' |
	sed 's/^Fl /-/' | sort -u > "$tmp/man"
holds 'there are options to compare' [ "$(wc -l < "$tmp/help")" -gt 40 ]
same 'options' "$tmp/help" "$tmp/man"

after "Names for --events" > "$tmp/help"
section EVENTS | sed -n 's/^\.It Cm //p' | sort > "$tmp/man"
holds 'there are events to compare' [ "$(wc -l < "$tmp/help")" -gt 10 ]
same 'events' "$tmp/help" "$tmp/man"

after "Names for --state" > "$tmp/help"
section OPTIONS | sed -n 's/^\.Dv //p' | tr -d ' .' | tr ',' '\n' | grep . |
	sort > "$tmp/man"
same 'states' "$tmp/help" "$tmp/man"

for command in trace list read doctor; do
	"$bin" $command --help | sed -n 's/.*FORMAT *one of: //p' | tr -d ' ' | tr ',' '\n'
done | sort -u > "$tmp/help"
section OUTPUT | sed -n 's/^\.It Cm //p' | sort > "$tmp/man"
same 'outputs' "$tmp/help" "$tmp/man"

if command -v groff > /dev/null; then
	groff -mdoc -ww -Tutf8 -z $page > "$tmp/out" 2>&1
	empty 'groff has no warnings' "$tmp/out"
else
	echo "ok $((tests += 1)) - groff has no warnings # SKIP there is no groff"
fi

finish
