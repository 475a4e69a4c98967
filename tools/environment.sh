#!/usr/bin/env bash
# Creates a virtual environment from a lock file, with uv if it can be had, else with pip. Called by the Makefile.
#   environment.sh VENV LOCKFILE      install the locked libraries and seedsoil itself (editable)
#   environment.sh --lock VENV        renew the lock files
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "setup: $*" >&2; }

recent() { "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if recent "$name"; then
            command -v "$name"
            return
        fi
    done
    say "no Python 3.11 or newer found. Install one, or name it: make PYTHON=/path/to/python3.12 demo"
    return 1
}

find_uv() {      # prints the uv to use: the one on the path, else one put into the environment; nothing if neither can be had
    local venv=$1
    if [ -n "${SEEDSOIL_NO_UV:-}" ]; then return; fi
    if [ -x "$venv/bin/uv" ]; then echo "$venv/bin/uv"; return; fi
    if uv --version >/dev/null 2>&1; then command -v uv; return; fi
    if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        -r requirements-uv.lock >/dev/null 2>&1; then
        echo "$venv/bin/uv"
    fi
}

create() {
    local venv=$1 python
    if [ -x "$venv/bin/python" ] && recent "$venv/bin/python"; then return; fi
    python=$(find_python)
    say "creating $venv with $("$python" --version)"
    if ! "$python" -m venv --clear "$venv" 2>/dev/null; then
        # Some distributions ship Python without the venv module's pip; uv needs neither.
        uv --version >/dev/null 2>&1 || { say "$python cannot create virtual environments (on Debian: apt install python3-venv)"; return 1; }
        uv venv --quiet --clear --seed --python "$python" "$venv"
    fi
}

install() {
    local venv=$1 lock=$2 uv
    create "$venv"
    uv=$(find_uv "$venv")
    if [ -n "$uv" ]; then
        say "installing from $lock with $("$uv" --version)"
        # uv leaves byte code to the first import unless told otherwise, which would cost the first run ten seconds.
        # A lock names every library, so that nothing is left to resolve: --no-deps.
        if "$uv" pip install --quiet --python "$venv/bin/python" --compile-bytecode --no-deps --require-hashes -r "$lock" &&
            "$uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation -e .; then
            return
        fi
        say "uv could not install; trying pip"
    fi
    say "installing from $lock with pip (a minute or two)"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

lock() {        # universal: one file for every Python from 3.11 on and every platform; no index address is written
    local venv=$1 uv
    uv=$(find_uv "$venv")
    local shared=(--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet)
    "$uv" pip compile "${shared[@]}" pyproject.toml --group build -o requirements.lock
    "$uv" pip compile "${shared[@]}" pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
    echo "uv==$("$uv" --version | cut -d' ' -f2)" | "$uv" pip compile "${shared[@]}" - -o requirements-uv.lock
}

case ${1:-} in
    --lock) lock "$2" ;;
    "") say "use: environment.sh VENV LOCKFILE"; exit 2 ;;
    *) install "$1" "$2" ;;
esac
