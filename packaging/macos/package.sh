#!/usr/bin/env bash
# The .dmg from the bundle, on a Mac: package.sh [IDENTITY], the name of the firm's Developer ID to sign with. Needs no
# network, but for notarising, which is a step of its own: xcrun notarytool submit dist/legalqa-….dmg --wait
set -euo pipefail
cd "$(dirname "$0")/../.."

identity=${1:-}
python=${PYTHON:-python3}
"$python" packaging/package.py
version=$("$python" -c "import sys; sys.path.insert(0, 'packaging'); import building; print(building.version())")
application=build/package/LegalQA.app
if [ -n "$identity" ]; then
  codesign --force --deep --options runtime --entitlements packaging/macos/entitlements.plist \
    --sign "$identity" "$application"
  codesign --verify --deep --strict "$application"
fi
folder=build/package/dmg
rm -rf $folder && mkdir -p $folder
cp -R "$application" $folder/
ln -s /Applications $folder/Applications
image=dist/legalqa-$version-$(uname -m).dmg
hdiutil create -volname "LegalQA $version" -srcfolder $folder -format UDZO -ov "$image"
if [ -n "$identity" ]; then codesign --sign "$identity" "$image"; fi
"$python" -c "import sys; sys.path.insert(0, 'packaging'); import building; building.write_manifest(building.DIST)"
