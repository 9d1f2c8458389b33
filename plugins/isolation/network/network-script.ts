/**
 * A network namespace with a way out through slirp4netns, for the launcher: `isolated_network LINES ID [OPTION]`, in the
 * launcher's private directory. LINES are for `ip -batch`; ID is the unprivileged host id that slirp4netns runs as. Leaves
 * `netns`, which the runtime joins, and `resolv.conf`.
 *
 * The namespace belongs to a user namespace of slirp4netns, not to the job's: no process of the job, whatever it is inside,
 * can change its routes. slirp4netns reads what the job sends, so it is no one on the host either: an id that owns nothing, in
 * an empty root, under a filter (its own sandbox, which takes the namespaces from a process that must live until then). It
 * ends with the launcher's PID namespace.
 */
export const NETWORK_SCRIPT = `
isolated_network() {
  : >netns
  # A pipe for each, opened by one writer only: when that has ended, its reader knows.
  mkfifo -- namespace-ready slirp-ready slirp-done
  chown -- "$2" slirp-done
  # A distribution's rules may leave the device to root.
  mount -t tmpfs -o mode=755,nosuid,noexec joblet-tun /dev/net
  mknod -m 666 /dev/net/tun c 10 200
  setpriv --reuid "$2" --regid "$2" --clear-groups -- unshare --user --map-root-user --net -- sh -c '
    set -eu
    echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
    [ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
    printf "%s\\n" "$1" | ip -batch -
    echo ready >&9
    read -r _ <slirp-done
  ' sh "$1" 9>namespace-ready >network.log 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- &
  network_holder=$!
  network_step namespace-ready
  mount --bind -- "/proc/$network_holder/ns/net" netns
  setpriv --reuid "$2" --regid "$2" --clear-groups -- slirp4netns \\
    --configure --mtu=65520 --disable-host-loopback --enable-sandbox --enable-seccomp \${3:-} --ready-fd=9 \\
    "$network_holder" tap0 9>slirp-ready >network.log 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- &
  network_step slirp-ready
  echo done >slirp-done
  case \${3:-} in
    --disable-dns) : >resolv.conf ;;
    *) echo 'nameserver 10.0.2.3' >resolv.conf ;;
  esac
}
network_step() {
  network_word=
  { read -r network_word || [ -n "$network_word" ]; } <"$1" && return
  sed 's/^/isolated network: /' network.log >&2
  exit 1
}
`;
