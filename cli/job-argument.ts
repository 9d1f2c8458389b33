import * as Args from '@oclif/core/args';

/** `ignoreStdin`: oclif would otherwise wait for the argument on standard input. */

export const jobArgument = Args.string({
  required: true,
  ignoreStdin: true,
  description: 'the ID of a job, or its first 8 characters',
});
