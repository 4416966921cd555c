#!/usr/bin/env bash
# Make .venv from the hash locks: Python 3.11 or newer, the locked uv, every package, and this project in place.
# Done once for each state of the locks; a second run looks at a stamp and ends. What was downloaded or built stays in
# $LEGALQA_CACHE, so that another checkout, or this one without network, installs from there.
set -euo pipefail
cd "$(dirname "$0")/.."

cache=${LEGALQA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/legalqa}
export UV_CACHE_DIR=${UV_CACHE_DIR:-$cache/uv}
export UV_NO_PROGRESS=1 UV_PYTHON_DOWNLOADS=never
venv=.venv
requirements=requirements/dev.txt

usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local name
  for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if usable "$name"; then "$name" -c 'import sys; print(sys.executable)'; return; fi
  done
  echo "LegalQA needs Python 3.11 or newer with venv (Debian: python3, python3-venv). Set PYTHON to name one." >&2
  exit 4
}

# The state that the stamp stands for: locks, build settings, and where the checkout lies.
state() {
  { cat requirements/dev.txt requirements/build.txt pyproject.toml; grep __version__ legalqa/__init__.py; pwd; } |
    sha256sum | cut -d' ' -f1
}

if [ -x $venv/bin/python ] && [ "$(cat $venv/.legalqa-state 2>/dev/null)" = "$(state)" ]; then exit 0; fi

python=$(find_python)
bootstrap=$cache/bootstrap-$({ sha256sum < requirements/bootstrap.txt; "$python" -c 'import sys; print(sys.prefix, sys.version)'; } | sha256sum | cut -c1-12)
if [ ! -x "$bootstrap/bin/uv" ]; then
  echo "Installing the locked uv" >&2
  rm -rf "$bootstrap"
  mkdir -p "$cache"
  "$python" -m venv "$bootstrap"
  "$bootstrap/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
fi
# uv does not read pip's configuration: hand on the mirror that IT has set there.
mirror=$("$bootstrap/bin/python" -m pip config get global.index-url 2>/dev/null || true)
if [ -n "$mirror" ] && [ -z "${UV_DEFAULT_INDEX:-}" ]; then export UV_DEFAULT_INDEX=$mirror; fi

if ! usable $venv/bin/python; then
  rm -rf $venv
  "$python" -m venv $venv
fi
rm -f $venv/.legalqa-state

# Copies, since nltk refuses hard-linked files. llama.cpp is compiled for any x86-64 with AVX2, not for this very CPU.
export CMAKE_ARGS="-DGGML_NATIVE=OFF ${CMAKE_ARGS:-}"
install() {
  "$bootstrap/bin/uv" pip sync "$@" --python $venv/bin/python --link-mode=copy --require-hashes \
    --build-constraints requirements/build.txt $requirements &&
    "$bootstrap/bin/uv" pip install "$@" --quiet --python $venv/bin/python --link-mode=copy --no-deps \
    --build-constraints requirements/build.txt --editable .
} # joined by &&: errexit does not hold inside a function that stands before ||
echo "Installing $requirements into $venv (compiling llama-cpp-python takes some minutes the first time)" >&2
# From the cache alone if it suffices, so that no network is needed; what goes wrong is told by the second attempt.
install --offline >/dev/null 2>&1 || install
state > $venv/.legalqa-state
