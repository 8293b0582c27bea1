#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The release: twice the same bytes, and a binary that needs the C library only.
set -u

if ! command -v git dpkg-deb readelf > /dev/null || ! git rev-parse -q HEAD > /dev/null 2>&1; then
	echo 'dist: needs git and dpkg-deb, and a clone'
	exit 77
fi
. tests/cli/tap.sh

export SOURCE_DATE_EPOCH=1700000000

# build DIRECTORY: the tree as it is here, without git, built and packed in there.
build()
{
	mkdir -p "$1"
	git ls-files -z -co --exclude-standard | tar -c --null -T - 2>/dev/null | tar -xC "$1"
	env -u BUILD -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$1" -j2 dist VERSION=v9.8-7-gabc \
		> "$1.log" 2>&1 || tail -20 "$1.log" > "$tmp/why"
	[ -s "$1/build/dist/tcptrace-bpf" ] || return 1
}

# packed DIRECTORY: names and sums of what it made.
packed()
{
	(cd "$1/build/release" && sha256sum -- *)
}

umask 022
build "$tmp/one"
result $? 'builds without a repository'
(umask 077; TZ=Asia/Tokyo LC_ALL=C build "$tmp/elsewhere/and/two")
result $? 'builds elsewhere, with another umask and time zone'
packed "$tmp/one" > "$tmp/sums.one"
packed "$tmp/elsewhere/and/two" > "$tmp/sums.two"
same 'both are the same bytes' "$tmp/sums.one" "$tmp/sums.two"
holds 'a tarball and a .deb' [ "$(wc -l < "$tmp/sums.one")" = 2 ]

mkdir "$tmp/unpacked"
tar -xzf "$tmp"/one/build/release/tcptrace-bpf-v9.8-7-gabc-*.tar.gz --strip-components=1 \
	-C "$tmp/unpacked"
tool=$tmp/unpacked/tcptrace-bpf
for file in tcptrace-bpf.8 tcptrace-bpf.bash README.md LICENSE CHANGELOG.md docs/events.md; do
	echo $file
done > "$tmp/want"
(cd "$tmp/unpacked" && xargs ls < "$tmp/want") > /dev/null 2> "$tmp/err"
empty 'the tarball has the documents' "$tmp/err"

readelf -dW "$tool" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^ld-linux' > "$tmp/needed"
echo libc.so.6 > "$tmp/want"
same 'it needs the C library only' "$tmp/want" "$tmp/needed"
newest=$(readelf -VW "$tool" | grep -oE 'GLIBC_2\.[0-9]+' | cut -d. -f2 | sort -n | tail -1)
holds 'that of Debian 12 will do (2.36)' [ "${newest:-99}" -le 36 ]
strings -a "$tool" 2>&1 | grep -F "$tmp" > "$tmp/paths"
empty 'no path of the machine that built it' "$tmp/paths"

# A root with nothing in it but the binary and the C library.
mkdir -p "$tmp/root/proc" "$tmp/root/sys"
cp "$tool" "$tmp/root/"
ldd "$tool" | grep -oE '/[^ ]+' | while read -r library; do
	cp -L --parents "$library" "$tmp/root/"
done

# shellcheck disable=SC2016 # the inner shell expands them
# alone ARGUMENT...: the binary in that root, in namespaces of its own.
alone()
{
	timeout 60 unshare -mn sh -c '
		mount --rbind /proc "$0/proc" && mount --rbind /sys "$0/sys" || exit 99
		ip link set lo up
		exec env -i "$(command -v chroot)" "$0" /tcptrace-bpf "$@"' "$tmp/root" "$@"
}

skip()
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

if [ "$(id -u)" != 0 ]; then
	for name in 'alone in a root: --version' 'dpkg installs it' 'dpkg removes it'; do
		skip "$name" 'needs root'
	done
	finish
fi

alone --version > "$tmp/out" 2>&1
holds 'alone in a root: --version' grep -q 'v9.8-7-gabc' "$tmp/out"
alone doctor -o json > "$tmp/out" 2> "$tmp/err"
status=$?
python3 -c 'import json, sys; sys.exit(not json.load(sys.stdin)["events"])' < "$tmp/out" \
	2> "$tmp/why"
result $? "alone in a root: doctor tells of events (status $status)"

alone run --events connect -o json -- /tcptrace-bpf --version > "$tmp/out" 2> "$tmp/err"
status=$?
cat "$tmp/err" >> "$tmp/out"
holds 'alone in a root: run traces its command' \
	sh -c "[ $status = 0 ] && grep -q '^tcptrace-bpf: ready' '$tmp/err' || { cat '$tmp/out'; exit 1; }"

timeout 60 env -i PATH="$PATH" unshare -n sh -c 'ip link set lo up && exec "$@"' sh \
	"$tool" run --events connect,connected -o json -- \
	bash -c ': < /dev/tcp/127.0.0.1/1' > "$tmp/out" 2> "$tmp/err"
cat "$tmp/err" >> "$tmp/out"
holds 'unpacked: a trace has the connect and its end' sh -c "
	grep -q '\"event\":\"connected\".*ECONNREFUSED' '$tmp/out' || { cat '$tmp/out'; exit 1; }"

# Debian's own tools take the package, in a root of its own.
deb=$(ls "$tmp"/one/build/release/*.deb)
dpkg-deb -f "$deb" Version > "$tmp/out"
echo 9.8+7+gabc > "$tmp/want"
same 'the version, as Debian writes them' "$tmp/want" "$tmp/out"
dpkg-deb -f "$deb" Maintainer > "$tmp/out"
echo 'tcptrace-bpf developers' > "$tmp/want"
same 'no address that nobody reads' "$tmp/want" "$tmp/out"
db=$tmp/private/var/lib/dpkg
mkdir -p "$db/info" "$db/updates" "$db/triggers"
: > "$db/status"
holds 'dpkg installs it' dpkg --root="$tmp/private" --force-depends \
	--log="$tmp/dpkg.log" -i "$deb"
"$tmp/private/usr/sbin/tcptrace-bpf" --version > "$tmp/out" 2>&1
holds 'and it runs' grep -q 'v9.8-7-gabc' "$tmp/out"
for file in man/man8/tcptrace-bpf.8.gz bash-completion/completions/tcptrace-bpf \
		doc/tcptrace-bpf/copyright doc/tcptrace-bpf/changelog.gz; do
	echo ./usr/share/$file
done | sort > "$tmp/want"
dpkg-deb --fsys-tarfile "$deb" | tar -t | grep -xFf "$tmp/want" | sort > "$tmp/out"
same 'the package has the documents' "$tmp/want" "$tmp/out"
holds 'every sum in it is right' sh -c "dpkg-deb -R '$deb' '$tmp/raw' &&
	cd '$tmp/raw' && md5sum -c --quiet DEBIAN/md5sums"
holds 'dpkg removes it' dpkg --root="$tmp/private" --log="$tmp/dpkg.log" -P tcptrace-bpf
find "$tmp/private/usr" -name '*tcptrace*' > "$tmp/out" 2> /dev/null
empty 'and nothing is left' "$tmp/out"

finish
