#!/usr/bin/env bash
# initrd.sh KERNEL: writes the first file system of the machine to standard output: busybox, the modules in KERNEL/modules, and init.sh.
set -euo pipefail
kernel=$1
here=$(dirname "$(realpath "$0")")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,proc,sys,dev,host,changes,new}
cp /bin/busybox "$root/bin/"
cp -r "$kernel/modules" "$root/modules"
install -m 755 "$here/init.sh" "$root/init"
cd "$root"
find . | cpio --quiet -o -H newc
