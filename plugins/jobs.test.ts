import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** What a module imports before its first line runs, and what that imports: sources, and packages by their names. */
function loadedWith(entry: string, { inputs }: Metafile): ReadonlySet<string> {
  const loaded = new Set([entry]);
  for (const file of loaded) {
    for (const { path, kind } of inputs[file]?.imports ?? []) if (kind === 'import-statement') loaded.add(path);
  }
  return loaded;
}

it('a job is started without what finds GPUs, moves files, reads a configuration or builds', async () => {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: ['plugins/jobs.ts'],
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    metafile: true,
    write: false,
    outdir: 'none',
  });
  const loaded = loadedWith('plugins/jobs.ts', metafile);
  expect(loaded).toContain('core/jobs/job-starter.ts');
  const heavy = [
    'execa',
    'plugins/gpu/cdi-gpus.ts',
    'tar-stream',
    'core/config/parse-config.ts',
    'plugins/index.ts',
    'core/plugins/load-plugins.ts',
  ];
  expect(heavy.filter((name) => loaded.has(name))).toEqual([]);
});
