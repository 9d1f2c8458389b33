import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Config, DEFAULT_CONFIG } from '../../../../core/config/config.js';
import { DEFAULT_ID_MAP } from '../../../../core/contracts/id-map.js';
import type { LanguagePack } from '../../../../core/contracts/language-pack.js';
import type { Architecture, BuildServices, PlatformAdapter } from '../../../../core/contracts/platform-adapter.js';
import type { ToolchainRequest } from '../../../../core/contracts/toolchain-source.js';
import { mirrorAddress, npmAddress, vendorAddress } from '../addresses.js';
import { ArchiveSource, type ArchiveSourceParts } from '../archive-source.js';
import { NPM_LOADERS } from '../loaders.js';

/** A source over a store of its own, which goes with the test; `toolchains` is that part of its configuration. */
export function makeSource(id: 'vendor' | 'mirror' | 'npm', toolchains: Partial<Config['toolchains']>) {
  const storeRoot = mkdtempSync(path.join(tmpdir(), 'vendor-store-'));
  onTestFinished(() => rmSync(storeRoot, { recursive: true, force: true }));
  const config: Config = { ...DEFAULT_CONFIG, toolchains: { addresses: {}, keyrings: {}, ...toolchains } };
  const bundle = '/etc/ssl/certs/ca-certificates.crt';
  const parts: ArchiveSourceParts = {
    configuration: { load: async () => config },
    host: { env: {}, home: storeRoot, now: () => new Date(0) },
    network: {
      access: async () => ({ env: {}, binds: [], secrets: [] }),
      authoritiesPath: () => (existsSync(bundle) ? bundle : undefined),
    },
    ids: DEFAULT_ID_MAP,
    storeRoot,
  };
  const address = { vendor: vendorAddress, mirror: mirrorAddress, npm: npmAddress }[id];
  const source = new ArchiveSource(id, id, 50, address, parts, id === 'npm' ? NPM_LOADERS : undefined);
  return { source, storeRoot, config };
}

export function makeServices(storeRoot: string, signal: AbortSignal = new AbortController().signal): BuildServices {
  return {
    signal,
    log: () => {},
    progress: () => {},
    warn: () => {},
    scratch: async (name) => mkdtempSync(path.join(storeRoot, `${name}-`)),
  };
}

/** A request for a version of a language. Of the pack and the adapter these sources read the facts alone. */
export function requestFor(
  language: string,
  version: string,
  options: { readonly known?: readonly string[]; readonly architecture?: Architecture } = {},
): ToolchainRequest {
  const { known = [version], architecture = 'amd64' } = options;
  const never = (): never => {
    throw new Error('not for sources of archives');
  };
  const pack: LanguagePack = {
    id: language,
    title: language,
    keys: [],
    versionSchema: {},
    knownVersions: known,
    drop: [],
    checkSpec: never,
    distributionPackages: never,
    plan: never,
    install: never,
    environment: never,
    smokeTest: never,
  };
  const adapter: PlatformAdapter = {
    family: 'apt',
    authorities: { bundle: '', extraDir: '', opensslFile: '', singles: [] },
    detect: never,
    suites: never,
    available: never,
    resolve: never,
    bootstrap: never,
    unpackToolRoot: never,
    install: never,
    ownership: never,
  };
  const id = `debian-${architecture}`;
  const platform = {
    id,
    distribution: 'debian',
    release: 'bookworm',
    architecture,
    family: 'apt',
    packageManager: 'apt',
  };
  return { pack, adapter, platform, request: { role: 'base', version, values: {} }, beside: [] };
}
