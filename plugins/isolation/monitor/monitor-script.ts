import { AWAIT_RUN, PREPARE_ROOT, STEP_FUNCTIONS } from '../launcher-script.js';

/**
 * What conmon runs in place of an OCI runtime's `create`: it leaves a process behind, says its pid, and ends, and conmon (a
 * subreaper) becomes the parent of that process. The process waits on descriptor 3 until its parent is conmon, and only
 * then becomes the launcher, which dies with its parent. Its own complaints go to a file: its standard error is the job's.
 *
 * It hands on what conmon has read so far as descriptor 8: the only count of all that the job has written.
 *
 * Arguments: pid file, complaints' file, how many of the next words are the launcher's, those; then what conmon adds.
 */
export const MONITORED_SCRIPT = `
set -eu
pidfile=$1 complaints=$2 count=$3
shift 3
set -- "$@" end
while [ "$count" -gt 0 ]; do
  set -- "$@" "$1"
  shift
  count=$((count - 1))
done
while [ "$1" != end ]; do shift; done
shift
sh -c 'read -r _ <&3 || exit 1
  read -r pid name state monitor others <"/proc/$$/stat"
  exec 5>&2 2>>"$1" 8<"/proc/$monitor/io"
  shift
  exec "$@"' joblet "$complaints" "$@" </dev/null &
echo $! >"$pidfile"
`;

/**
 * As the launcher's script, of a process that nobody waits for: its outputs are the monitor's pipes (5 is its standard error,
 * while 2 is the file of complaints), its input is empty, and what ends it before its time are shells beside it, which are gone
 * with the PID namespace. These signal by number what they find below this one, and only where this one is the first
 * process of a namespace. They are started before this one is put under the job's limits, and so are not under them: whatever the job
 * uses up, they can start the programs that they need. A line on descriptor 9 tells each that the job starts. (The kernel's lists of children end without a line break, at which `read` gives what there is
 * and fails. Files are opened before the private directory hides them, and read anew through the descriptor.)
 *
 * Arguments: time limit in seconds (0: none), output limit in bytes (0: none), where the kernel counts processes ended for
 * want of memory (empty: it ends all by itself), grace period in seconds, where to write why it was ended; then as the
 * launcher's.
 */
export const DETACHED_SCRIPT = `
set -eu
${STEP_FUNCTIONS}umask 022
[ $$ = 1 ] || { echo "not the first process of a PID namespace" >&2; exit 1; }
end_job() {
  echo "$1" >"$reason"
  for child in $(cat /proc/1/task/1/children); do
    for init in $(cat "/proc/$child/task/"*/children); do
      [ "$(cat "/proc/$init/comm")" = init ] || continue
      if [ "$1" = timed-out ]; then
        main=
        read -r main others <"/proc/$init/task/$init/children" || :
        [ -z "$main" ] || kill -TERM -- "-$main" || kill -TERM "$main" || :
        sleep "$grace"
      fi
      kill -KILL "$init"
    done
  done
}
count() {
  number=0
  while read -r key value; do
    [ "$key" != "$2" ] || number=$value
  done <"/proc/self/fd/$1"
}
exec 6<<EMPTY

EMPTY
read -r line <&6
limit=$1 output=$2 memory=$3 grace=$4 reason=$5
shift 5
if [ -n "$memory" ]; then exec 7<"$memory"; fi
exec 9<<START

START
read -r line <&9
exec 9<>/proc/self/fd/9 0<&9
if [ "$limit" != 0 ]; then
  (
    read -r _ <&9
    exec 9>&-
    sleep "$limit"
    end_job timed-out
  ) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- &
fi
if [ -n "$memory" ] || [ "$output" != 0 ]; then
  (
    count 8 rchar:
    before=$number
    read -r _ <&9
    exec 9>&-
    while sleep 0.5; do
      if [ -n "$memory" ]; then
        count 7 oom_kill
        [ "$number" = 0 ] || end_job out-of-memory
      fi
      if [ "$output" != 0 ]; then
        count 8 rchar:
        [ $((number - before)) -le "$output" ] || end_job output-limit
      fi
    done
  ) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- &
fi
exec 9>&-
echo pipes >&3
${PREPARE_ROOT}
echo mounted >&3
${AWAIT_RUN}
exec 3>&- 4>&-
echo >&0
echo >&0
"$@" <&6 4>&2 2>&5 5>&- 6>&- 7>&- 8>&- &
exec >&- 5>&- 6>&- 7>&- 8>&-
status=0
wait $! || status=$?
[ $status = 0 ] || [ ! -d disk/work ] || stat --file-system --format='free %a %d %b' disk >&2
exit $status
`;
