#!/usr/bin/env bash
# Installs what the tests need from Debian: Chromium without its window for the pages and Fashion-MNIST's files.
# Does nothing when they are there; elsewhere than on Debian it says what is missing and goes on.
set -euo pipefail

packages=(chromium-headless-shell dataset-fashion-mnist)
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
install() {
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
"${as_root[@]}" apt-get update -qq
if ! install "${missing[@]}"; then
    # Before Debian 12 there is no such package; Chromium with its window does the same, slower.
    install "${missing[@]/chromium-headless-shell/chromium}"
fi
