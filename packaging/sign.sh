#!/usr/bin/env bash
# Sign the checksums of a release with IT's own key: sign.sh KEY, a private key of OpenSSH (ssh-keygen -t ed25519).
# ssh-keygen is part of Windows, macOS and Linux, so that every machine can verify without installing anything.
set -euo pipefail
cd "$(dirname "$0")/.."

key=${1:-}
sums=${2:-dist/SHA256SUMS}
if [ -z "$key" ] || [ ! -f "$key" ]; then
  echo "Name the private key to sign with: make sign KEY=~/.ssh/legalqa_release (made by: ssh-keygen -t ed25519)" >&2
  exit 2
fi
if [ ! -f "$sums" ]; then
  echo "There is no $sums: run make package." >&2
  exit 4
fi
(cd "$(dirname "$sums")" && sha256sum --quiet --check "$(basename "$sums")") # never sign what is not as it was made
rm -f "$sums.sig"
ssh-keygen -q -Y sign -n legalqa -f "$key" "$sums"
printf 'legalqa-release namespaces="legalqa" %s\n' "$(ssh-keygen -y -f "$key" | cut -d' ' -f1,2)" > "$(dirname "$sums")/allowed_signers"
echo "$sums.sig; give $(dirname "$sums")/allowed_signers to those who verify, by another way than the packages." >&2
