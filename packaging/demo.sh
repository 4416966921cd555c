#!/usr/bin/env bash
# The whole way on the sample matter: index it, ask three questions, show where the pages with the marked words lie.
# Everything it makes lies in demo/ (`make clean` removes it); a second run finds the index as it left it.
set -euo pipefail
cd "$(dirname "$0")/.."

export LEGALQA_HOME=${LEGALQA_HOME:-$PWD/demo/home}
.venv/bin/python -m legalqa.models
.venv/bin/legalqa demo --page-images demo/pages </dev/null
