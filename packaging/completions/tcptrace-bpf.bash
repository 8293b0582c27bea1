# SPDX-License-Identifier: BSD-2-Clause
# bash completion for tcptrace-bpf; tests/cli/test_completions.sh holds it to
# the options and names that the program knows.

# The command of the line, and in run_at where the COMMAND of run begins.
_tcptrace_bpf_command()
{
	local i

	command= run_at=0
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		trace | run | list | read | doctor)
			command=${command:-${COMP_WORDS[i]}}
			;;
		--)
			run_at=$((i + 1))
			return
			;;
		esac
	done
}

_tcptrace_bpf_options()
{
	local pid='-p --pid'
	local sockets='-f --follow --comm --uid --cgroup --netns
		--port --lport --rport --addr -4 -6 --state -n --ascii'
	local events='--events --packets -S -e -q -A -x -X -# -t --nano --color --log
		-c --strict'
	local live='-s -i --interface -w -C -G -W --duration --rate --buffer --orphan-wait
		--hooks --tap --btf --dry-run --ready-fd'
	local rows='-r --at --listening --timers --extended --wide --info --memory
		--all-fields --names --watch --wait-for --timeout'
	local all='-o --output -v -h --help -V --version'

	case $1 in
	run) echo "$sockets $events $live $all" ;;
	list) echo "$pid $sockets $rows --btf $all" ;;
	read) echo "$pid $sockets $events --clock-fix $all" ;;
	doctor) echo "--json --hooks --btf $all" ;;
	*) echo "$pid $sockets $events $live $all" ;;
	esac
}

_tcptrace_bpf_events()
{
	local name names='socket connect connected listen syn_recv accept state send
		recv shutdown close destroy packet retransmit reset drop lost'

	for name in $names; do
		echo "$name"
		[[ $name == lost ]] || echo "no-$name"
	done
}

# Completes the last item of a comma list.
_tcptrace_bpf_list()
{
	local before=

	[[ $cur == *,* ]] && before=${cur%,*},
	COMPREPLY=($(compgen -P "$before" -W "$1" -- "${cur##*,}"))
	compopt -o nospace 2>/dev/null || :
}

# The value of option $1, in $cur. False if it takes none.
_tcptrace_bpf_value()
{
	local words=

	case $1 in
	-p | --pid)
		_tcptrace_bpf_list "$(cd /proc && echo [1-9]*)"
		return 0
		;;
	--events)
		_tcptrace_bpf_list "$(_tcptrace_bpf_events)"
		return 0
		;;
	--state)
		_tcptrace_bpf_list 'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2
			TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING'
		return 0
		;;
	-o | --output)
		case $command in
		list) words='table netstat lsof ss json csv' ;;
		doctor) words='text json' ;;
		*) words='text json csv tcpdump' ;;
		esac
		;;
	--packets) words='all control none' ;;
	-i | --interface) words=any ;;
	--color) words='auto always never' ;;
	--hooks) words='auto fentry kprobe tracepoint' ;;
	--tap) words='auto skb tc clsact xdp' ;;
	--uid)
		COMPREPLY=($(compgen -u -- "$cur"))
		return 0
		;;
	--netns)
		COMPREPLY=($(compgen -W all -- "$cur") $(compgen -f -- "$cur"))
		return 0
		;;
	--cgroup)
		COMPREPLY=($(compgen -d -- "$cur"))
		return 0
		;;
	-r | -w | --log | --btf)
		COMPREPLY=($(compgen -f -- "$cur"))
		return 0
		;;
	--watch | --wait-for | --timeout | --comm | --port | --lport | --rport | --addr | --at | -s | -C | -G | -W | -c | --duration | --rate | \
		--buffer | --orphan-wait | --ready-fd)
		return 0
		;;
	*)
		return 1
		;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
	return 0
}

_tcptrace_bpf()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command run_at

	COMPREPLY=()
	_tcptrace_bpf_command
	if ((run_at)); then
		if declare -F _command_offset >/dev/null; then
			_command_offset $run_at
		else
			COMPREPLY=($(compgen -c -- "$cur"))
		fi
		return
	fi
	# "--opt=val" arrives as three words
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	_tcptrace_bpf_value "$prev" && return
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$(_tcptrace_bpf_options "$command")" -- "$cur"))
	elif [[ -z $command ]]; then
		COMPREPLY=($(compgen -W 'trace run list read doctor' -- "$cur"))
	elif [[ $command == read ]]; then
		COMPREPLY=($(compgen -f -- "$cur"))
	elif [[ $command == run ]]; then
		COMPREPLY=($(compgen -W '--' -- "$cur") $(compgen -c -- "$cur"))
	fi
}

complete -F _tcptrace_bpf tcptrace-bpf
