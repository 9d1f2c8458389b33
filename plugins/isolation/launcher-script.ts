/**
 * What runs between us and the OCI runtime: PID 1 of a PID namespace and a mount namespace of its own, so that every
 * mount, FIFO and state file that it makes is gone with it, however it ends. Fixed text for `sh -c`; all that varies
 * comes as arguments or over descriptor 3, so nothing of a user's is ever parsed by a shell.
 *
 * Arguments: the private directory, steps that prepare the root (`link SOURCE NAME`, `bind-dir SOURCE NAME`,
 * `bind-file SOURCE NAME`, `overlay OPTIONS NAME`), then `exec` and the runtime's command line. The process's streams are
 * FIFOs: Node's own pipes are sockets, on which a program could not open /dev/stdout. They are held open for reading and
 * writing until the other side says, by sending the configuration, that it has opened its ends. An incomplete
 * configuration (the other side died) is one that the runtime refuses.
 */
export const LAUNCHER_SCRIPT = `
set -eu
umask 022
mount -t tmpfs -o mode=755,nosuid,nodev joblet "$1"
cd "$1"
shift
mkfifo in out err log
exec 5<>in 6<>out 7<>err 8<>log
echo ready >&3
while [ "$1" != exec ]; do
  case $1 in
    link) ln -s -- "$2" "$3" ;;
    bind-dir) mkdir -- "$3"; mount --bind -- "$2" "$3" ;;
    bind-file) : >"$3"; mount --bind -- "$2" "$3" ;;
    overlay) mkdir -- "$3"; mount -t overlay -o "$2" overlay "$3" ;;
  esac
  shift 3
done
shift
cat <&3 >config.json
exec "$@" <in >out 2>err 3>&- 5>&- 6>&- 7>&- 8>&-
`;
