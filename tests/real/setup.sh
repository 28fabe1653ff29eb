#!/usr/bin/env bash
# Installs the servers and clients the tests run against; does nothing when nothing changed.
#
# One package a line: apt.txt, requirements.txt, package.json; with --all those of beyond/ as well. A
# name that cannot be installed ends the run: a server that is not there is a failure, never a skipped
# test.
set -euo pipefail
cd "$(dirname "$0")"
all=${1:-}

missing() {
    sed 's/#.*//' apt.txt | while read -r package command; do
        [ -z "$package" ] && continue
        [ -n "$command" ] && command -v "$command" >/dev/null && continue
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
    done
}

apt_packages() {
    mapfile -t packages < <(missing)
    [ "${#packages[@]}" -eq 0 ] && return
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" flock /var/lock/seaworthy-apt.lock bash -euc '
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=600 "$@"
    ' apt "${packages[@]}"
}

# Runs a command when its list differs from the one it last succeeded with.
when_changed() {
    local list=$1 stamp=$2
    shift 2
    local sum
    # With the lists that it names.
    sum=$(cat "$list" $(sed -n 's/^-r //p' "$list") | sha256sum)
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && return
    "$@"
    echo "$sum" >"$stamp"
}

python_packages() {
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
}

# Nothing a package would run at installation is wanted.
node_packages() {
    npm install --silent --no-audit --no-fund --ignore-scripts --no-package-lock
}

packages() {
    apt_packages
    mkdir -p .venv node_modules
    # Two runs at once must not install into the same directory.
    exec 9>.venv/.lock
    flock 9
    when_changed requirements.txt .venv/.installed python_packages
    when_changed package.json node_modules/.installed node_packages
}

packages
[ "$all" != --all ] || (cd beyond && packages)
