#!/usr/bin/env bash
# Install those of packaging/system-packages.txt that this Debian system lacks. Needs no network when none is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian system: see packaging/system-packages.txt for the libraries that are needed." >&2
  exit 0
fi

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
while IFS='| ' read -r -a names; do
  for name in "${names[@]}"; do installed "$name" && continue 2; done
  missing+=("${names[*]}")
done < <(sed -e 's/#.*//' -e '/^ *$/d' packaging/system-packages.txt)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "These system packages are missing and installing them takes an administrator:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 4
  fi
  as_root=(sudo -n)
fi

"${as_root[@]}" apt-get update -qq
chosen=()
for names in "${missing[@]}"; do
  for name in $names; do
    if [[ $(apt-cache show "$name" 2>/dev/null) == *Filename:* ]]; then # not a virtual one
      chosen+=("$name")
      continue 2
    fi
  done
  echo "This release of Debian has no package: $names" >&2
  exit 4
done
echo "Installing system packages: ${chosen[*]}" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${chosen[@]}" >/dev/null
