import type { PackKey } from '../../core/contracts/language-pack.js';

/** The keys of runtime.yaml that the go pack owns. */
export const GO_KEYS: readonly PackKey[] = [
  {
    name: 'go',
    packages: true,
    schema: {
      type: 'array',
      title: 'list of Go modules',
      maxItems: 1000,
      description: 'a list of modules or commands, such as - golang.org/x/text@v0.14.0',
      items: {
        type: 'string',
        title: 'Go module',
        minLength: 1,
        maxLength: 500,
        description: 'a module, or a package of one, and a version: golang.org/x/text@v0.14.0; without @, the latest',
      },
    },
  },
];
