import type { RuleRef } from './report.js';

/** The rules that the worker checks, in their order: what is quick comes first, and what breaks or cancels finds a cold cache. */
export const WORKER_RULES = {
  declares: 'declares its keys and versions in schemas that compile, and takes no other pack’s',
  pure: 'answers what is asked of a request the same way each time, and changes nothing in it',
  'refuses-bad-specs': 'refuses bad specs, each mistake at its line',
  'cancels-planning': 'stops planning when it is cancelled',
  'resolves-versions': 'resolves each of its versions',
  'refuses-unknown-version': 'refuses a version that nobody has, and says what to do',
  'refuses-missing-packages': 'refuses packages that no index has, at their line',
  'plans-exactly': 'plans exact versions, as data, the same each time',
  'cancels-install': 'stops installing when it is cancelled, and leaves nothing half-made',
  builds: 'builds a runtime',
  'installs-idempotently': 'installs the same again without a change',
  'stays-in-root': 'writes nothing of the store but its layer, its cache and its scratch directory',
  'lists-what-is-there': 'lists what is there',
  'smoke-test-passes': 'finds the finished runtime whole',
  'smoke-test-fails': 'finds a broken runtime broken',
  'works-as-addition': 'brings its packages into a runtime of another language',
} as const;

export type WorkerRuleId = keyof typeof WORKER_RULES;

export const HOST_RULE: RuleRef = {
  id: 'leaves-host-alone',
  title: 'writes nothing outside of the store',
};

/** Every rule of the kit, in the order of its reports. */
export const RULES: readonly RuleRef[] = [
  ...Object.entries(WORKER_RULES).map(([id, title]) => ({ id, title })),
  HOST_RULE,
];
