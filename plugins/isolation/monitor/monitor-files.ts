import path from 'node:path';

/** Files of a monitor in its directory. */
export function monitorFiles(directory: string) {
  const at = (name: string): string => path.join(directory, name);
  return {
    /** Of the process, while its launcher is started: what it is before it has a status. */
    pid: at('pid'),
    /** What the launcher and the runtime say of themselves. */
    complaints: at('complaints'),
    /** As the launcher ended. */
    status: at('status'),
    /** Why it was ended before its time. */
    reason: at('reason'),
    /** The name of its control group. */
    group: at('group'),
  };
}
