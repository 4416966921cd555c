#!/usr/bin/env bash
# Resolve requirements/*.in to hash locks for every platform and Python from 3.11; `UPGRADE=1` takes newer versions.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(ls -t "${LEGALQA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/legalqa}"/bootstrap-*/bin/uv | head -1)
compile() {
  "$uv" pip compile --quiet --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 \
    ${UPGRADE:+--upgrade} "$@"
}
compile requirements/bootstrap.in -o requirements/bootstrap.txt
compile requirements/runtime.in -o requirements/runtime.txt
compile requirements/build.in -c requirements/runtime.txt -o requirements/build.txt
compile requirements/dev.in -c requirements/runtime.txt -o requirements/dev.txt
compile requirements/training.in -c requirements/runtime.txt -o requirements/training.txt
