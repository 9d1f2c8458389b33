/** npm in a root: that of tools is unpacked without being configured, and what npm's first line calls need not be there. */
export function toolProgram(inTools: boolean): readonly string[] {
  return inTools ? ['node', '/usr/bin/npm'] : ['npm'];
}
