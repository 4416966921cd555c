#!/usr/bin/env bash
# Verify a release before it is installed: verify.sh ALLOWED_SIGNERS FOLDER. The first comes from IT, once, by another
# way than the folder; the second holds SHA256SUMS, SHA256SUMS.sig and the packages.
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "usage: verify.sh ALLOWED_SIGNERS FOLDER" >&2
  exit 2
fi
signers=$(realpath "$1")
cd "$2"
ssh-keygen -q -Y verify -f "$signers" -I legalqa-release -n legalqa -s SHA256SUMS.sig < SHA256SUMS
sha256sum --quiet --check SHA256SUMS
echo "Signed by the firm's key, and every file is as it was signed." >&2
