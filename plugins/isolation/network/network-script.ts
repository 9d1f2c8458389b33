/**
 * A network namespace with a way out through slirp4netns, for the launcher: `isolated_network LINES ID [OPTION]`, in the
 * launcher's private directory. LINES are for `ip -batch`; ID is the unprivileged host id that slirp4netns runs as. Leaves
 * `netns`, which the runtime joins, and `resolv.conf`.
 *
 * The namespace belongs to a user namespace of slirp4netns, not to the job's: no process of the job, whatever it is inside, can
 * change its routes. slirp4netns itself is no one on the host: it finds a defect's exploiter with an id that owns nothing, in
 * an empty root (its own --enable-sandbox, which needs the namespaces of a process that lives until it is ready), and it ends with
 * the launcher's PID namespace.
 */
export const NETWORK_SCRIPT = `
isolated_network() {
  : >netns
  mkfifo -- network-ready network-done
  chown -- "$2" network-ready network-done
  # A distribution's rules may leave the device to root.
  mount -t tmpfs -o mode=755,nosuid,noexec joblet-tun /dev/net
  mknod -m 666 /dev/net/tun c 10 200
  setpriv --reuid "$2" --regid "$2" --clear-groups -- unshare --user --map-root-user --net -- sh -c '
    set -eu
    echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
    [ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
    printf "%s\\n" "$1" | ip -batch -
    echo ready >&9
    exec 9>&-
    read -r _ <network-done
  ' sh "$1" 9>network-ready >network.log 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- &
  network_holder=$!
  network_step "$network_holder"
  mount --bind -- "/proc/$network_holder/ns/net" netns
  setpriv --reuid "$2" --regid "$2" --clear-groups -- slirp4netns \\
    --configure --mtu=65520 --disable-host-loopback --enable-sandbox --enable-seccomp \${3:-} --ready-fd=9 \\
    "$network_holder" tap0 9>network-ready >network.log 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- &
  network_step "$!"
  echo done >network-done
  case \${3:-} in
    --disable-dns) : >resolv.conf ;;
    *) echo 'nameserver 10.0.2.3' >resolv.conf ;;
  esac
}
# Waits until a process says that it is ready, or has ended: then nobody writes into the pipe.
network_step() {
  network_word=
  { read -r network_word || [ -n "$network_word" ]; } <network-ready && return
  sed 's/^/isolated network: /' network.log >&2
  exit 1
}
`;
