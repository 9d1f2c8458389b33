import type { PackKey } from '../../core/contracts/language-pack.js';

/** The keys of runtime.yaml that the node pack owns. */
export const NODE_KEYS: readonly PackKey[] = [
  {
    name: 'npm',
    packages: true,
    schema: {
      type: 'array',
      title: 'list of npm packages',
      maxItems: 1000,
      description: 'a list of packages of an npm registry, such as - express or - lodash@^4.17.0',
      items: {
        type: 'string',
        title: 'npm package',
        minLength: 1,
        maxLength: 500,
        description: 'a name, or a name and a version, range or tag: express, lodash@^4.17.0, "@types/node@20"',
      },
    },
  },
];
