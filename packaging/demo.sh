#!/usr/bin/env bash
# The whole way on the sample matter: index it, ask three questions, show where the pages with the marked words lie.
# Everything it makes lies in demo/ (`make clean` removes it); a second run finds the index as it left it.
set -euo pipefail
cd "$(dirname "$0")/.."

export LEGALQA_HOME=${LEGALQA_HOME:-$PWD/demo/home}
legalqa=.venv/bin/legalqa
matter=sample
documents=resources/sample/documents
questions=packaging/demo-questions.txt # one a line; the last one has no answer in the record

.venv/bin/python -m legalqa.models
$legalqa matter show $matter >/dev/null 2>&1 || $legalqa matter new "$matter"
$legalqa index $documents -m $matter

number=0
while IFS= read -r question; do
  number=$((number + 1))
  printf '\n\033[1m%s\033[0m\n' "$question"
  $legalqa ask "$question" -m $matter --page-images "demo/pages/$number" </dev/null
done < <(grep -v -e '^#' -e '^$' $questions)
