import 'reflect-metadata';
import { getOneMessage, sendMessage } from 'execa';
import type { WorkerCase } from '../options.js';
import { WORKER_RULES, type WorkerRuleId } from '../rules.js';
import { Bench } from './bench.js';
import { NotChecked } from './not-checked.js';
import { ruleChecks } from './rule-checks.js';

/** The process that runs the rules, in the host that `checkPack` has made for it. Ends when its parent does. */
async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(1));
  const given = (await getOneMessage()) as unknown as WorkerCase;
  const bench = await Bench.open(given, (line) => void sendMessage({ log: line }).catch(() => undefined));
  try {
    for (const id of Object.keys(WORKER_RULES) as WorkerRuleId[]) await sendMessage({ ...(await check(id, bench)) });
  } finally {
    await bench.close();
  }
}

async function check(id: WorkerRuleId, bench: Bench) {
  const rule = { id, title: WORKER_RULES[id] };
  try {
    const problems = await ruleChecks[id](bench);
    return { ...rule, outcome: problems.length === 0 ? 'passed' : 'failed', problems: [...problems] };
  } catch (thrown) {
    if (thrown instanceof NotChecked) return { ...rule, outcome: 'not-checked', problems: [thrown.message] };
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { ...rule, outcome: 'failed', problems: [text] };
  }
}

await main();
process.exit(0);
