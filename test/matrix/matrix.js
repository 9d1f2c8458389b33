// Builds and smoke-runs every (language, version) that can be had here, each in an empty store, and prints one table. Fails where one of
// `WANTED`, or of what a pack says that it knows, is neither built nor stated as a hole, with its reason, in docs/versions.md.
// Usage: npm run matrix [-- LANGUAGE[:VERSION]...]. Needs root, and the network.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { builtInContents, createBuilder } from '../../dist/plugins/index.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** What has to be there, whatever a pack says that it knows. */
const WANTED = {
  python: ['3.9', '3.11', '3.13', '3.14'],
  java: ['11', '17', '21', '25'],
  node: ['18', '20', '24'],
  go: ['1.19', '1.21', '1.24'],
  rust: ['1.63', '1.85', '1.96'],
};

const host = { env: process.env, home: homedir(), now: () => new Date() };
const chosen = process.argv.slice(2).map((one) => one.split(':'));
const isChosen = (language, version) =>
  chosen.length === 0 || chosen.some(([name, only]) => name === language && (only === undefined || only === version));

/** `| python | 3.12 | reason |` of the page's table of holes. */
function statedHoles() {
  const page = readFileSync(path.join(repository, 'docs/versions.md'), 'utf8');
  const section = page.split(/^## /m).find((one) => one.startsWith('Holes')) ?? '';
  const rows = [...section.matchAll(/^\| `([a-z]+)` \| `([^`]+)` \| (.+) \|$/gm)];
  return new Map(rows.map(([, language, version, reason]) => [`${language} ${version}`, reason]));
}

const seconds = (ms) => (ms / 1000).toFixed(1);
const oneLine = (error) => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];

async function measure(language, version) {
  const store = mkdtempSync(path.join(process.env.TMPDIR ?? '/var/tmp', 'joblet-matrix-'));
  const name = `matrix-${language}`;
  const directory = path.join(store, 'spec');
  mkdirSync(directory);
  const file = path.join(directory, 'runtime.yaml');
  writeFileSync(
    file,
    `schema_version: "1.0"\nname: ${name}\nversion: 1.0.0\ndescription: ${language} ${version} alone\nbase:\n  language: ${language}\n  version: "${version}"\n`,
  );
  const builder = createBuilder({ root: path.join(store, 'root'), host });
  try {
    const cold = await builder.build({ path: file });
    const { manifest } = cold.runtime;
    await builder.removeRuntime(name);
    // Its layers are there; only a runtime of them is not.
    const warm = await builder.build({ path: file });
    const smoke = await builder.testRuntime(name);
    const failed = smoke.checks.find((check) => !check.passed);
    return {
      from: `${manifest.build_info.source ?? ''} (${manifest.build_info.release})`,
      exact: manifest.build_info.language_version_exact,
      coldMs: cold.durationMs,
      warmMs: warm.durationMs,
      bytes: manifest.size_bytes,
      failure: failed && `smoke test failed: ${failed.title}`,
    };
  } catch (error) {
    return { failure: oneLine(error) };
  } finally {
    await builder.close();
    rmSync(store, { recursive: true, force: true });
  }
}

const holes = statedHoles();
const table = new Table({
  head: ['LANGUAGE', 'VERSION', 'SOURCE', 'EXACT', 'COLD s', 'WARM s', 'MB', 'SMOKE'],
  style: { head: [], border: [] },
});
let unstated = 0;
for (const pack of builtInContents().packs) {
  const wanted = new Set([...(WANTED[pack.id] ?? []), ...pack.knownVersions]);
  const versions = [...wanted].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  for (const version of versions) {
    if (!isChosen(pack.id, version)) continue;
    process.stderr.write(`${pack.id} ${version}\n`);
    const found = await measure(pack.id, version);
    if (found.failure === undefined) {
      const { from, exact, coldMs, warmMs, bytes } = found;
      table.push([pack.id, version, from, exact, seconds(coldMs), seconds(warmMs), Math.round(bytes / 1e6), 'passed']);
      continue;
    }
    const stated = holes.has(`${pack.id} ${version}`);
    if (!stated) unstated += 1;
    table.push([
      pack.id,
      version,
      '',
      '',
      '',
      '',
      '',
      `${stated ? 'stated hole' : 'HOLE'}: ${found.failure.slice(0, 90)}`,
    ]);
  }
}
process.stdout.write(`${table.toString()}\n`);
if (unstated > 0) {
  process.stdout.write(`${unstated} missing without a reason in docs/versions.md\n`);
  process.exitCode = 1;
}
