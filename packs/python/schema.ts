import type { PackKey } from '../../core/contracts/language-pack.js';

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
