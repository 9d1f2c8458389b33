#!/usr/bin/env bash
# Prints a directory of the user's cache that holds Debian's kernel: `vmlinuz`, and `modules` with the order in which to load them. Fetches it
# with apt first where it is not there.
set -euo pipefail
modules=(virtio_pci virtio_blk 9pnet_virtio 9p overlay loop ext4 tun)
depends() { apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1; }
package=$(depends)
if [[ -z $package ]]; then
  apt-get update -qq >&2
  package=$(depends)
  [[ -n $package ]] || { echo 'no package linux-image-amd64: not a Debian, or no mirror of it' >&2; exit 69; }
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/joblet-test/$package
if [[ ! -d $cache ]]; then
  mkdir -p "${cache%/*}"
  work=$(mktemp -d "${cache%/*}/new.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  download() { (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root "$package" >&2); }
  # A list of packages that is older than the mirror names files that are gone.
  download || { apt-get update -qq >&2 && download; }
  dpkg-deb -x "$work"/*.deb "$work/tree"
  release=$(ls "$work/tree/lib/modules")
  depmod -b "$work/tree" "$release"
  mkdir -p "$work/made/modules"
  for module in "${modules[@]}"; do
    modprobe -d "$work/tree" -S "$release" --show-depends "$module"
  done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r file; do
    cp "$file" "$work/made/modules/"
    basename "$file" >>"$work/made/modules/order"
  done
  cp "$work"/tree/boot/vmlinuz-* "$work/made/vmlinuz"
  # Another run may have been quicker.
  mv -T "$work/made" "$cache" 2>/dev/null || [[ -d $cache ]]
fi
echo "$cache"
