import { NETWORK_SCRIPT } from './network/network-script.js';
import { USER_NAMESPACE_SCRIPT } from './user-namespace.js';

/** Functions that the steps of PREPARE_ROOT call. */
export const STEP_FUNCTIONS = `${NETWORK_SCRIPT}${USER_NAMESPACE_SCRIPT}`;

/** Defines `step WORD WORD WORD`, one thing to do in the private directory. */
const STEP = `step() {
  case $1 in
    begin-user-namespace) begin_user_namespace "$2" ;;
    finish-user-namespace) finish_user_namespace "$2" "$3" ;;
    link) ln -s -- "$2" "$3" ;;
    copy) cp --sparse=always -- "$2" "$3" ;;
    remove) rm -- "$2" ;;
    bind-directory) [ -d "$3" ] || mkdir -- "$3"; mount -o bind,nosuid,nodev -- "$2" "$3" ;;
    bind-directory-readonly) [ -d "$3" ] || mkdir -- "$3"; mount -o bind,ro,nosuid,nodev -- "$2" "$3" ;;
    bind-file) : >"$3"; mount -o bind,nosuid,nodev -- "$2" "$3" ;;
    bind-file-readonly) : >"$3"; mount -o bind,ro,nosuid,nodev -- "$2" "$3" ;;
    readonly-cgroup2) mount -t cgroup2 "$2" "$3"; mount -o remount,bind,ro "$3" ;;
    isolated-network) isolated_network "$2" "$3" ;;
    isolated-network-without-names) isolated_network "$2" "$3" --disable-dns ;;
    scratch) mkdir -- "$3" "$3/upper" "$3/work"; chown -- "$2:$2" "$3/upper" ;;
    hold)
      exec 9>>"$2"
      # Who only looks whether it is free holds it for a moment.
      flock --wait 1 9 || { echo "$3 is held by another job" >&2; exit 1; }
      # Whoever has the descriptor holds the lock: a process that lives as long as this namespace.
      sleep infinity </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- &
      exec 9>&- ;;
    overlay) [ -d "$3" ] || mkdir -- "$3"; mount -t overlay -o "nosuid,nodev,$2" overlay "$3" ;;
    disk) [ -d "$3" ] || mkdir -- "$3"; mount -t ext4 -o loop,nosuid,nodev,noatime,noinit_itable -- "$2" "$3" ;;
    disk-sync) [ -d "$3" ] || mkdir -- "$3"; mount -t ext4 -o loop,nosuid,nodev,noatime,noinit_itable,sync -- "$2" "$3" ;;
    lock) exec 9>>"$2"; flock 9 ;;
    unlock) exec 9>&- ;;
    unpack)
      setpriv --reuid "$2" --regid "$2" --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \\
        tar --extract --file=- --directory="$3" --no-same-owner --delay-directory-restore <&4 ;;
  esac
}
`;

/** Mounts the private directory ($1), does the steps, and leaves the command line of the runtime in "$@". */
export const PREPARE_ROOT = `${STEP}mount -t tmpfs -o mode=755,nosuid,nodev joblet "$1"
cd "$1"
mkdir root disk
shift
while [ "$1" != exec ]; do
  step "$1" "$2" "$3"
  shift 3
done
shift`;

/** Takes, over descriptor 3, steps that were not known before, a line each, until a line `run` says that the configuration is there. */
export const AWAIT_RUN = `while read -r kind from to <&3 && [ "$kind" != run ]; do
  step "$kind" "$from" "$to"
done
[ "$kind" = run ] || exit 1`;

/**
 * What runs between us and the OCI runtime: PID 1 of a PID namespace and a mount namespace of its own, so that every
 * mount, pipe and state file that it makes is gone with it, however it ends. Fixed text for `sh -c`; all that varies
 * comes as arguments or over descriptor 3, so nothing of a user's is ever parsed by a shell.
 *
 * Arguments: the private directory, steps of three words that prepare the root (see STEP), then `exec` and the
 * runtime's command line. It says `pipes` once it has made the process's streams, and `mounted` when all steps are done;
 * then it waits for the word that the sender has written the configuration, which more steps may come before.
 *
 * The process's streams must be pipes: Node makes sockets, on which a program cannot open /dev/stdout, and a FIFO with a
 * name blocks who opens /dev/stdin after its end. A here-document is the pipe that dash, busybox and bash (5.1 and later)
 * make without a process; the line in it is taken out again. Descriptors 5 to 8 hold both ends of each until the sender
 * says, with the configuration, that it has opened its own; from then on only the runtime has them.
 *
 * Descriptor 4 is an upload: a tar archive, unpacked without any privilege, by the ids that the work disk belongs to.
 */
export const LAUNCHER_SCRIPT = `
set -eu
${STEP_FUNCTIONS}umask 022
exec 5<<E 6<<E 7<<E 8<<E

E

E

E

E
for fd in 5 6 7 8; do
  [ -p /proc/self/fd/$fd ] || { echo "this sh makes no pipes of here-documents" >&2; exit 1; }
  read -r line <&$fd
done
exec 5<>/proc/self/fd/5 6<>/proc/self/fd/6 7<>/proc/self/fd/7 8<>/proc/self/fd/8
echo pipes >&3
${PREPARE_ROOT}
echo mounted >&3
${AWAIT_RUN}
exec 3>&- 4>&-
"$@" </proc/self/fd/5 >/proc/self/fd/6 2>/proc/self/fd/7 4>/proc/self/fd/8 5>&- 6>&- 7>&- 8>&- &
exec 5>&- 6>&- 7>&-
status=0
wait $! || status=$?
[ $status = 0 ] || [ ! -d disk/work ] || stat --file-system --format='free %a %d %b' disk >&8
exit $status
`;

/** Descriptors of the process's pipes in the launcher, from `pipes` until it has the configuration. */
export const PIPE_DESCRIPTORS = { stdin: 5, stdout: 6, stderr: 7, log: 8 } as const;

/** Where the runtime writes about itself. */
export const LOG_PATH = '/proc/self/fd/4';
