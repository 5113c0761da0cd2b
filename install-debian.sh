#!/usr/bin/env bash
# Installs what the tests need from Debian: Chromium for the pages and Fashion-MNIST's files.
# Does nothing when they are there; elsewhere than on Debian it says what is missing and goes on.
set -euo pipefail

packages=(chromium dataset-fashion-mnist)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "not on Debian: install by hand what the tests of pages need: ${missing[*]}" >&2
    exit 0
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
