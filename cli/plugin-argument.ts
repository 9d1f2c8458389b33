import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';

/** `ignoreStdin`: oclif would otherwise wait for the argument on standard input. */
export const pluginArgument = Args.string({
  description: 'name of the plugin, as rnx pack list shows it',
  required: true,
  ignoreStdin: true,
});

export const projectFlag = Flags.boolean({
  description: 'in .joblet/plugins of this directory, in place of the store',
  default: false,
});
