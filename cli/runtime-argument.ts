import * as Args from '@oclif/core/args';

/** `ignoreStdin`: oclif would otherwise wait for the argument on standard input. */
export const runtimeArgument = Args.string({
  description: 'NAME (the highest version), NAME@VERSION or NAME@latest',
  required: true,
  ignoreStdin: true,
});

export const specificationArgument = Args.string({
  description: 'a runtime.yaml, or a folder with a runtime.yaml or runtime.yml',
  required: true,
  ignoreStdin: true,
});
