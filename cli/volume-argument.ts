import * as Args from '@oclif/core/args';

/** `ignoreStdin`: oclif would otherwise wait for the argument on standard input. */
export const volumeArgument = Args.string({
  description: 'name of the volume: small letters, digits, "-" and "_"',
  required: true,
  ignoreStdin: true,
});
