#!/bin/sh
# No tracked file may name a package registry or a place on somebody's machine: what is pinned must come from whatever
# registry the reader uses, and what is documented must hold on the reader's machine.
set -eu
self=scripts/check_addresses.sh
bad=0
look() { # look <what> <git grep options and pattern>
    what=$1
    shift
    if git grep -nI "$@" -- . ":!$self"; then
        echo "^ $what" >&2
        bad=1
    fi
}
look "address of a package registry" -E \
    'https?://[^/ ]*(registry|pypi|pythonhosted|npmjs|npmmirror|artifactory|nexus)[^/ ]*|--(extra-)?index-url|--find-links|--trusted-host'
look "address in a lock file" -E '^ *"resolved":'
look "path of a machine" -E '(^|[^[:alnum:]_.~$})-])/(root|home/[a-z]|Users/|tmp/|work/)'
look "path of this checkout" -F "$(pwd)"
# Hosts that this machine's own configuration names must not have slipped in either.
for address in $(.venv/bin/python -m pip config list 2>/dev/null | grep -Eo 'https?://[^/"'"'"' ]+') $(npm config get registry 2>/dev/null); do
    host=$(printf '%s' "$address" | sed -E 's#^https?://([^/@]*@)?##; s#[/:].*##')
    case $host in '' | localhost | 127.0.0.1) ;; *) look "registry of this machine" -F "$host" ;; esac
done
exit $bad
