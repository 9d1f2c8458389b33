import type { WorkerRuleId } from '../rules.js';
import type { Bench } from './bench.js';
import { worksAsAddition } from './rules/addition.js';
import { refusesBadSpecs } from './rules/bad-specs.js';
import { cancelsInstall, cancelsPlanning } from './rules/cancellation.js';
import { declares } from './rules/declares.js';
import { installsIdempotently, staysInRoot } from './rules/installs.js';
import { listsWhatIsThere } from './rules/listing.js';
import { plansExactly, refusesMissingPackages, refusesUnknownVersion, resolvesVersions } from './rules/planning.js';
import { pure } from './rules/pure.js';
import { smokeTestFails, smokeTestPasses } from './rules/smoke-test.js';

/** Resolves with what is wrong, nothing when the rule is kept. */
export type RuleCheck = (bench: Bench) => Promise<readonly string[]>;

export const ruleChecks: Readonly<Record<WorkerRuleId, RuleCheck>> = {
  declares,
  pure,
  'refuses-bad-specs': refusesBadSpecs,
  'cancels-planning': cancelsPlanning,
  'resolves-versions': resolvesVersions,
  'refuses-unknown-version': refusesUnknownVersion,
  'refuses-missing-packages': refusesMissingPackages,
  'plans-exactly': plansExactly,
  'cancels-install': cancelsInstall,
  builds: async (bench) => {
    await bench.built();
    return [];
  },
  'installs-idempotently': installsIdempotently,
  'stays-in-root': staysInRoot,
  'lists-what-is-there': listsWhatIsThere,
  'smoke-test-passes': smokeTestPasses,
  'smoke-test-fails': smokeTestFails,
  'works-as-addition': worksAsAddition,
};
