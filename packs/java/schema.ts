import type { PackKey } from '../../core/contracts/language-pack.js';

/** The keys of runtime.yaml that the java pack owns. */
export const JAVA_KEYS: readonly PackKey[] = [
  {
    name: 'maven',
    packages: true,
    schema: {
      type: 'array',
      title: 'list of Maven coordinates',
      maxItems: 1000,
      description: 'a list of coordinates, such as - com.google.guava:guava:33.4.0-jre',
      items: {
        type: 'string',
        title: 'coordinate',
        minLength: 1,
        maxLength: 500,
        description: 'group:artifact:version, such as org.slf4j:slf4j-api:2.0.16',
      },
    },
  },
];
