/** Options for every program of the host that we start: nothing of the caller's environment, wherever it was called from. */
export const hostTool = {
  extendEnv: false,
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
  cwd: '/',
  reject: false,
} as const;
