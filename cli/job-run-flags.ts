/** Flags of `rnx job run` whose value may be the next argument. A test compares them with the command's own. */
export const valueFlagsOfJobRun: readonly string[] = ['--runtime', '--env', '-e', '--workdir', '--timeout', '--root'];
