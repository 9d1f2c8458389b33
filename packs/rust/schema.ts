import type { PackKey } from '../../core/contracts/language-pack.js';

/** The keys of runtime.yaml that the rust pack owns. */
export const RUST_KEYS: readonly PackKey[] = [
  {
    name: 'cargo',
    packages: true,
    schema: {
      type: 'array',
      title: 'list of crates',
      maxItems: 1000,
      description: 'a list of crates, such as - ripgrep or - serde@1.0.200',
      items: {
        type: 'string',
        title: 'crate',
        minLength: 1,
        maxLength: 200,
        description: 'a name, or a name and a version or requirement: ripgrep, serde@1.0.200, "rand@>=0.8, <0.9"',
      },
    },
  },
];
