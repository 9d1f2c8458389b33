import { Writable } from 'node:stream';
import type { LanguagePackage } from '../../../core/contracts/language-pack.js';
import { startJob } from '../../../core/jobs/job-runner.js';
import type { InstalledRuntime } from '../../../core/store/installed-runtime.js';
import type { Bench } from '../bench.js';
import { NotChecked } from '../not-checked.js';

export async function listsWhatIsThere(bench: Bench): Promise<readonly string[]> {
  const { result, findings } = await bench.built();
  const listed = findings.installs?.first ?? [];
  const labels = listed.map(({ label }) => label);
  const inManifest = result.runtime.manifest.packages;
  const planned = findings.planned?.plan;
  return [
    ...differences('runtime.yml', inManifest, 'the pack', labels),
    ...(planned === undefined || planned.deferred !== undefined
      ? []
      : differences('the plan', planned.packages.map(line), 'the pack', listed.map(line))),
    ...(await witness(bench, result.runtime, listed)),
  ];
}

async function witness(
  bench: Bench,
  runtime: InstalledRuntime,
  listed: readonly LanguagePackage[],
): Promise<readonly string[]> {
  const { inventory } = bench.given;
  if (inventory === undefined) {
    if (listed.length === 0) return [];
    throw new NotChecked('the case gives no `inventory`: a command that says what is in the runtime');
  }
  const stdout = new Collected();
  const stderr = new Collected();
  const { status } = await startJob(runtime, { args: inventory, stdout, stderr }, bench.isolator).exit;
  if (status !== 0) return [`the inventory ends with status ${status}: ${stderr.text}${stdout.text}`];
  const there = stdout.text
    .split(/\r?\n/)
    .map((text) => text.trim().replace(/\s+/g, ' '))
    .filter((text) => text !== '');
  return differences('the runtime', there, 'the pack', listed.map(line));
}

function line({ name, version }: LanguagePackage): string {
  return `${name} ${version}`;
}

function differences(
  one: string,
  inOne: readonly string[],
  other: string,
  inOther: readonly string[],
): readonly string[] {
  return [
    ...inOne
      .filter((entry) => !inOther.includes(entry))
      .map((entry) => `${one} has ${entry}, which ${other} does not list`),
    ...inOther
      .filter((entry) => !inOne.includes(entry))
      .map((entry) => `${other} lists ${entry}, which ${one} does not have`),
  ];
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
