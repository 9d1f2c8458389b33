import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitStatus } from '../errors/exit-status.js';
import { DEFAULT_CONFIG } from './config.js';
import { configPath, loadConfig } from './load-config.js';
import { parseConfig } from './parse-config.js';

const MB = 2 ** 20;

describe('the configuration', () => {
  it('has a default for everything', async () => {
    expect(parseConfig('', 'config.yml')).toEqual(DEFAULT_CONFIG);
    expect(parseConfig('run:\n  # detach: true\n', 'config.yml')).toEqual(DEFAULT_CONFIG);
    expect(await loadConfig('/nonexistent')).toEqual(DEFAULT_CONFIG);
  });

  it('says what holds for jobs that ask nothing, and what none may exceed', () => {
    const text = [
      'run: {detach: true, network: isolated}',
      'defaults: {max_cpu: 50, max_memory: 1GB, max_iobps: 10MB, max_pids: none, timeout: none, max_output: 5MB}',
      'ceilings: {max_memory: 2GB, timeout: 1h30m, max_inodes: 1000}',
      'network: {allow_host: true}',
      'jobs: {log_size: 1MB, retention: 24h}',
      'toolchains: {sources: [distribution, vendor], addresses: {go: http://127.0.0.1:1/go}, keyrings: {node: /etc/keys.asc}}',
      'plugins: {project: false}',
    ].join('\n');
    expect(parseConfig(text, 'config.yml')).toEqual({
      run: { detach: true, network: 'isolated' },
      defaults: {
        maxCpu: 50,
        maxMemory: 1024 * MB,
        maxIobps: 10 * MB,
        maxDisk: 1024 * MB,
        maxInodes: 65_536,
        maxOutput: 5 * MB,
      },
      ceilings: { maxMemory: 2048 * MB, timeoutMs: 5_400_000, maxInodes: 1000 },
      network: { allowHost: true },
      jobs: { logBytes: MB, retentionMs: 86_400_000 },
      toolchains: {
        sources: ['distribution', 'vendor'],
        addresses: { go: 'http://127.0.0.1:1/go' },
        keyrings: { node: '/etc/keys.asc' },
      },
      plugins: { project: false },
    });
  });

  it('is refused with every problem, each with its place', () => {
    const text = 'run:\n  detach: "yes"\ndefaults:\n  max_memroy: 1GB\n  timeout: soon\n  max_pids: -1\n';
    expect(() => parseConfig(text, 'config.yml')).toThrow(
      expect.objectContaining({ code: 'E_CONFIG_INVALID', exitCode: exitStatus.spec }),
    );
    const lines = [
      'config.yml:2:11',
      'config.yml:4:3',
      'did you mean max_memory?',
      'config.yml:5:12',
      'config.yml:6:13',
    ];
    for (const line of lines) expect(() => parseConfig(text, 'config.yml')).toThrow(line);
    expect(() => parseConfig('run: [', 'config.yml')).toThrow('config.yml:1:6');
    expect(() => parseConfig('- a', 'config.yml')).toThrow('expected a mapping');
  });

  it('is read from its place in the store', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'config-'));
    mkdirSync(path.dirname(configPath(root)));
    writeFileSync(configPath(root), 'run:\n  detach: true\n');
    expect((await loadConfig(root)).run.detach).toBe(true);
    rmSync(configPath(root));
    mkdirSync(configPath(root));
    await expect(loadConfig(root)).rejects.toMatchObject({ code: 'E_CONFIG_UNREADABLE' });
    rmSync(root, { recursive: true });
  });
});
