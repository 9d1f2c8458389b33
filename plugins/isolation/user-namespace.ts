import type { IdMap } from '../../core/contracts/id-map.js';

/**
 * A job's user namespace, made for the launcher by the job's own host id. The kernel counts inotify instances, message
 * queues, timers and queued signals of a namespace against whoever made it too: made by the OCI runtime, all jobs would use up
 * what root of the host may have, and one job could leave none to the others and to the host.
 *
 * The maker begins at the first step, and is waited for at the last: it takes its time while mounts are made.
 */
export const USER_NAMESPACE_SCRIPT = `
begin_user_namespace() {
  # As in the isolated network: a pipe with one writer, so that its reader knows when that has ended.
  mkfifo -- user-ready user-done
  setpriv --reuid "$1" --regid "$1" --clear-groups -- unshare --user -- sh -c 'echo ready >&9
    exec 9>&-
    read -r _ <user-done' 9>user-ready </dev/null >/dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- &
  user_holder=$!
}
finish_user_namespace() {
  read -r _ <user-ready || exit 1
  echo "0 $1 $2" >"/proc/$user_holder/uid_map"
  echo "0 $1 $2" >"/proc/$user_holder/gid_map"
  : >userns
  mount --bind -- "/proc/$user_holder/ns/user" userns
  echo done >user-done
}
`;

/** Where the runtime finds it, in the private directory. */
export const USER_NAMESPACE = 'userns';

/** Around the launcher's other steps. */
export function withUserNamespace(idMap: IdMap, steps: readonly string[]): readonly string[] {
  const ids = [String(idMap.hostStart), String(idMap.size)];
  return ['begin-user-namespace', ...ids, ...steps, 'finish-user-namespace', ...ids];
}
