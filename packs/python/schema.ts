import type { JsonSchema, PackKey } from '../../core/contracts/language-pack.js';

/** The keys of runtime.yaml that the python pack owns. */
export const PYTHON_KEYS: readonly PackKey[] = [
  {
    name: 'pip',
    packages: true,
    schema: {
      type: 'array',
      title: 'list of pip packages',
      maxItems: 1000,
      description: 'a list of requirements, such as - numpy>=1.26',
      items: {
        type: 'string',
        title: 'requirement',
        minLength: 1,
        maxLength: 1000,
        description: 'a requirement such as numpy, pandas>=2.0.0 or uvicorn[standard]==0.30.*',
      },
    },
  },
  {
    name: 'pip_options',
    packages: false,
    schema: {
      type: 'string',
      title: 'options of pip install',
      maxLength: 4000,
      description: 'text with options of pip install, such as "--index-url https://pypi.example.com/simple"',
    },
  },
];

/** `base.version` of a python runtime. Whether a platform has that version is known when its packages are looked up. */
export const PYTHON_VERSION_SCHEMA: JsonSchema = {
  type: 'string',
  title: 'Python version',
  pattern: '^3\\.(?:0|[1-9]\\d?)$',
  description: 'X.Y, such as "3.11"; patch releases come from the distribution',
};
