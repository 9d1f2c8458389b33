import { checkPack } from './check-pack.js';
import type { PackCase } from './options.js';
import type { ConformanceReport } from './report.js';
import { RULES } from './rules.js';

/** As much of a test runner as the kit needs: that of node:test, vitest, jest and mocha alike. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: () => Promise<void>): unknown;
}

/**
 * Registers one test for each rule. All of them share one run of the kit, which the first one starts and waits for: give the runner
 * a time limit of half an hour. `given` may be a function, for a case that needs something that has to be started first.
 */
export function describePack(
  pack: string,
  given: Omit<PackCase, 'pack'> | (() => Promise<Omit<PackCase, 'pack'>>),
  { describe, it }: TestRunner,
): void {
  let checking: Promise<ConformanceReport> | undefined;
  const check = async () => checkPack({ pack, ...(typeof given === 'function' ? await given() : given) });
  describe(`the ${pack} pack`, () => {
    for (const { id, title } of RULES) {
      it(title, async () => {
        checking ??= check();
        const result = (await checking).rules.find((rule) => rule.id === id);
        if (result?.outcome !== 'passed') throw new Error([title, ...(result?.problems ?? [])].join('\n'));
      });
    }
  });
}
