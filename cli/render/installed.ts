import type { InstalledRuntime } from '../../core/store/installed-runtime.js';
import { runLine } from './build-result.js';
import { maskValue } from './masked.js';
import { formatSize } from './quantities.js';
import { renderTable } from './table.js';
import { visibleLine } from './visible.js';

export function renderRuntimeList(runtimes: readonly InstalledRuntime[]): string {
  if (runtimes.length === 0) return 'No runtimes. Build one with: rnx runtime build PATH\n';
  const rows = runtimes.map(({ name, version, manifest }) => [
    name,
    version,
    manifest.language,
    formatSize(manifest.size_bytes),
    manifest.description,
  ]);
  return renderTable({ head: ['RUNTIME', 'VERSION', 'LANGUAGE', 'SIZE', 'DESCRIPTION'], rows });
}

export function runtimeListDocument(runtimes: readonly InstalledRuntime[]): readonly Record<string, unknown>[] {
  return runtimes.map(({ name, version, manifest }) => ({
    id: name,
    language: manifest.language,
    version,
    name,
    description: manifest.description,
    size_bytes: manifest.size_bytes,
    size: formatSize(manifest.size_bytes),
    packages: manifest.packages,
    available: true,
  }));
}

export function renderRuntimeInfo(runtime: InstalledRuntime, reference: string, root?: string): string {
  const { name, version, path, manifest } = runtime;
  const { requirements, build_info: build } = manifest;
  const facts = renderTable({
    rows: [
      ['Runtime:', name],
      ['Version:', version],
      ['Description:', manifest.description],
      ['Language:', `${manifest.language} ${build.language_version_exact}`],
      ['Size:', formatSize(manifest.size_bytes)],
      ['Path:', path],
      ['Digest:', manifest.digest],
    ],
  });
  const needs = [
    `Architectures: ${requirements.architectures.join(', ')}`,
    requirements.gpu === true ? 'GPU: required' : '',
    requirements.cuda_version === undefined ? '' : `CUDA: ${requirements.cuda_version}`,
    requirements.min_memory === undefined ? '' : `Memory: ${requirements.min_memory}`,
  ];
  return [
    facts,
    list('Requirements', needs.filter(Boolean)),
    list('Packages', manifest.packages),
    list('Library Patterns', manifest.libraries),
    list(
      'Environment',
      Object.entries(manifest.environment).map(([key, value]) => `${key}=${maskValue(key, value)}`),
    ),
    list('Build Info', [`Built: ${build.built_at}`, `Platform: ${build.platform}`, `Release: ${build.release}`]),
    list('Usage', [runLine(reference, root)]),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

/** The manifest as it is in runtime.yml, with where the runtime lies and how to use it. */
export function runtimeInfoDocument(
  runtime: InstalledRuntime,
  reference: string,
  root?: string,
): Record<string, unknown> {
  const { manifest, path } = runtime;
  return {
    ...manifest,
    environment: Object.fromEntries(Object.entries(manifest.environment).map(([k, v]) => [k, maskValue(k, v)])),
    size: formatSize(manifest.size_bytes),
    path,
    usage: runLine(reference, root),
  };
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `${title}:\n${lines.map((line) => `  ${visibleLine(line)}\n`).join('')}`;
}
