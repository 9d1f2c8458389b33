/** Exit statuses of `rnx`. A job's own status passes through untouched; `job run` itself fails with `jobNotRun`. */
export const exitStatus = {
  usage: 2,
  spec: 3,
  hostUnfit: 4,
  package: 5,
  network: 6,
  buildStep: 7,
  hook: 8,
  notFound: 9,
  jobState: 10,
  plugin: 11,
  /** As docker and podman: the job was never started. */
  jobNotRun: 125,
  internal: 70,
  /** As a shell: 128 + SIGINT. */
  cancelled: 130,
} as const;

export type ExitStatusName = keyof typeof exitStatus;
