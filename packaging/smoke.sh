#!/usr/bin/env bash
# Run the built thing: a bare Debian (debootstrap, kept as an archive), the .deb installed there without network; then an
# ordinary user asks the doctor, indexes the sample matter, asks, and opens the window without a screen. At last the
# package is installed over itself and removed, which must lose neither matters nor the policy of IT.
# Needs root (chroot). The release is the one that the package was built on. What it took stands in build/smoke/result.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

place=build/smoke root=build/smoke/root
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
bare=$place/$release.tar.zst
# What a desktop has: GL of its graphics card, X, a font. All else comes with the package.
system=libegl1,libgl1,libxcb1,fontconfig-config,fonts-dejavu-core
package=$(ls dist/legalqa_*.deb 2>/dev/null | tail -1)
[ -n "$package" ] || { echo "There is no .deb in dist: run make package." >&2; exit 4; }
[ "$(id -u)" -eq 0 ] || { echo "A bare root takes an administrator: sudo make smoke" >&2; exit 4; }
result=$place/result.txt
mkdir -p $place

if [ ! -f "$bare" ]; then
  echo "Making a bare $release (network, once)" >&2
  rm -rf $root
  debootstrap --variant=minbase --include=$system "$release" $root >$place/debootstrap.log
  tar --numeric-owner -I 'zstd -3' -cf "$bare.new" -C $root . && mv "$bare.new" "$bare"
fi
rm -rf $root && mkdir $root
tar --numeric-owner -I zstd -xf "$bare" -C $root
mkdir -p $root/etc/legalqa $root/srv/attorney
echo 'record_searches = true' > $root/etc/legalqa/policy.toml
cp "$package" $root/srv/legalqa.deb
chroot $root useradd --home-dir /srv/attorney --shell /bin/bash attorney
chown -R 1000:1000 $root/srv/attorney

# Everything below has a network of its own with nothing in it, not even a loopback that is up.
alone() { unshare --net --pid --fork --mount --mount-proc=$root/proc chroot "$@"; }
as_root() { alone $root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
as_user() {
  alone --userspec=1000:1000 $root env -i PATH=/usr/bin:/bin HOME=/srv/attorney LC_ALL=C.UTF-8 \
    QT_QPA_PLATFORM=offscreen "$@"
}
TIMEFORMAT='%R s'
step() { # step NAME COMMAND…: run it, note how long it took
  local name=$1 took
  shift
  echo "== $name" >&2
  { took=$({ time "$@" 1>&3 2>&4; } 2>&1); } 3>&1 4>&2
  printf '%-44s %s\n' "$name" "$took" >> $result
}
: > $result
printf '%-44s %s\n' "package" "$(du -h "$package" | cut -f1) ($(sha256sum "$package" | cut -c1-16)…)" >> $result

as_root test ! -e /sys/class/net/eth0
step "dpkg --install" as_root dpkg --install /srv/legalqa.deb
printf '%-44s %s\n' "installed" "$(du -sh $root/opt/legalqa | cut -f1)" >> $result
test -z "$(as_root dpkg --verify legalqa)"
step "legalqa --version" as_user legalqa --version
step "legalqa doctor" as_user legalqa doctor
step "legalqa demo (index 14 files, ask 3)" as_user legalqa demo --quiet
step "legalqa demo again" as_user legalqa demo --quiet
step "legalqa audit verify" as_user legalqa audit verify -m sample
step "legalqa models verify" as_user legalqa models verify
step "window: open the matter, draw, close" as_user legalqa-window --matter sample --picture /srv/attorney/window.png
[ "$(stat -c %s $root/srv/attorney/window.png)" -gt 20000 ] # an empty window is smaller
cp $root/srv/attorney/window.png $place/window.png

matters=$(cd $root/srv/attorney && find . -path '*matters*' -type f -name 'catalog.sqlite' -exec sha256sum {} +)
step "dpkg --install over itself" as_root dpkg --install /srv/legalqa.deb
step "dpkg --purge" as_root dpkg --purge legalqa
[ ! -e $root/opt/legalqa ] && [ ! -e $root/usr/bin/legalqa ]
grep -q record_searches $root/etc/legalqa/policy.toml
[ "$matters" = "$(cd $root/srv/attorney && find . -path '*matters*' -type f -name 'catalog.sqlite' -exec sha256sum {} +)" ]
printf '%-44s %s\n' "after removal" "matters and policy as they were, /opt/legalqa gone" >> $result
rm -rf $root
cat $result
