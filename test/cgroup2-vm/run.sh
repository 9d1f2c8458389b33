#!/usr/bin/env bash
# run.sh COMMAND [ARG...]: runs a command as root in a virtual machine whose kernel, Debian's, has control groups of version 2 and no other, and
# ends with its status (70 when the machine fails). The machine sees this machine's files; what is written to them is gone with it. It starts
# in the same directory, with PATH and HOME alone. /run/disk is an empty ext4 file system on /dev/vda, /dev/vdb an empty disk. The processor is
# emulated, so that it runs anywhere: ten to twenty times slower. JOBLET_VM_SECONDS limits the time (default 500; status 124).
set -euo pipefail
(($#)) || { sed -n '2,6s/^# //p' "$0" >&2; exit 64; }
here=$(dirname "$(realpath "$0")")
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
kernel=$(bash "$here/kernel.sh")
bash "$here/initrd.sh" "$kernel" >"$run/initrd"
truncate -s 512M "$run/vda"
mkfs.ext4 -q "$run/vda"
truncate -s 64M "$run/vdb"

# What the machine is to do, and its answer.
mkdir "$run/order"
{
  printf 'cd %q && env -i PATH=%q HOME=/root' "$PWD" "$PATH"
  printf ' %q' "$@"
  echo
} >"$run/order/command"

share() { echo "local,path=$1,mount_tag=$2,security_model=none,multidevs=remap"; }
status=0
# With a thread for each processor, one of them can miss its timer on a busy host, and the machine hangs.
timeout -k 5 "${JOBLET_VM_SECONDS:-500}" qemu-system-x86_64 -accel tcg,thread=single -cpu max -smp 2 -m 2048 \
  -nodefaults -display none -no-reboot -kernel "$kernel/vmlinuz" -initrd "$run/initrd" \
  -append 'console=ttyS0 quiet loglevel=4 panic=-1' -serial "file:$run/console" -serial stdio \
  -virtfs "$(share / host),readonly=on" -virtfs "$(share "$run/order" order)" \
  -drive "file=$run/vda,format=raw,if=virtio,cache=unsafe" -drive "file=$run/vdb,format=raw,if=virtio,cache=unsafe" \
  </dev/null || status=$?
if ((status == 124)); then
  echo 'the virtual machine was stopped: it took too long' >&2
elif [[ -s $run/order/status ]]; then
  status=$(<"$run/order/status")
else
  echo 'the virtual machine ended before the command did; its console:' >&2
  tail -n 20 "$run/console" >&2
  status=70
fi
exit "$status"
