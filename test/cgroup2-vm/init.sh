#!/bin/busybox sh
# The first process of the machine: lays a file system in memory over the host's, goes there, and does what was ordered.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done </modules/order
p9=trans=virtio,version=9p2000.L,msize=1048576
mount -t 9p -o $p9,ro,cache=loose host /host
mount -t tmpfs -o size=75% changes /changes
mkdir /changes/upper /changes/work
mount -t overlay -o lowerdir=/host,upperdir=/changes/upper,workdir=/changes/work root /new || poweroff -f
cd /new || poweroff -f
mount -t proc proc proc
mount -t sysfs sys sys
mount -t devtmpfs dev dev
mkdir -p dev/pts dev/shm dev/mqueue
mount -t devpts devpts dev/pts
mount -t tmpfs shm dev/shm
mount -t mqueue mqueue dev/mqueue
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs run run
mkdir run/order run/disk
mount -t 9p -o $p9 order run/order
mount -t ext4 /dev/vda run/disk
ifconfig lo 127.0.0.1 up
stty -F /dev/ttyS1 raw
# Not chroot alone: a process that is in one may not make user namespaces.
mount --move . /
exec chroot . /bin/busybox sh -c '
  /bin/bash /run/order/command </dev/null >/dev/ttyS1 2>&1
  echo $? >/run/order/status
  /bin/busybox sync
  /bin/busybox poweroff -f'
