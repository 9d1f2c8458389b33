import type { CommandRunner } from '../../core/contracts/command-runner.js';
import type { Host } from '../../core/contracts/host.js';
import type { HostNetwork, NetworkAccess } from '../../core/contracts/host-network.js';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { readHostPipConfig } from './host-pip-config.js';
import { hookPipAccess, type PipAccess, withPipAccess } from './pip-access.js';
import { parsePipOptions } from './pip-options.js';
import { mergePipOptions, type PipRun } from './pip-settings.js';
import { findPipTool, type PipTool } from './pip-tool.js';
import { interpreter } from './versions.js';

/** What the pack is given at its construction. */
export interface PythonHost {
  readonly host: Host;
  readonly ids: IdMap;
  readonly network: HostNetwork;
}

/** One root, one pip, one way to the indexes: what resolving, fetching and installing share. */
export interface PipSession {
  readonly python: string;
  readonly runner: CommandRunner;
  readonly access: PipAccess;
  readonly tool: PipTool;
  readonly pip: PipRun;
}

/** The way to the indexes for a pip that a hook calls. */
export async function hookAccess(
  request: PackRequest,
  services: PackServices,
  own: PythonHost,
): Promise<NetworkAccess> {
  const pip = mergePipOptions(await readHostPipConfig(own.host), optionsOf(request));
  return await hookPipAccess(pip, { ...own, scratchDir: services.scratchDir });
}

/** Opens the way to the indexes for the time of `work`. */
export async function withPipSession<T>(
  request: PackRequest,
  runner: CommandRunner,
  services: PackServices,
  own: PythonHost,
  work: (session: PipSession) => Promise<T>,
): Promise<T> {
  const hostSettings = await readHostPipConfig(own.host);
  const pip = mergePipOptions(hostSettings, optionsOf(request));
  const where = { ...own, scratchDir: services.scratchDir };
  const python = interpreter(request);
  return await withPipAccess(pip, where, (access) =>
    // The pinned pip is the host's business: its index first, the spec's index where the host has no other.
    withPipAccess({ settings: hostSettings, args: [] }, where, async (hostAccess) => {
      const sameIndex = pip.settings.get('index-url') === hostSettings.get('index-url');
      const accesses = sameIndex ? [hostAccess] : [hostAccess, access];
      const tool = await findPipTool(python, runner, accesses, services, own.ids);
      return await work({ python, runner, access, tool, pip });
    }),
  );
}

export function requirementsOf(request: PackRequest): readonly string[] {
  const pip = request.values['pip'];
  return Array.isArray(pip) ? pip.map(String) : [];
}

function optionsOf(request: PackRequest): readonly string[] {
  const text = request.values['pip_options'];
  if (typeof text !== 'string') return [];
  const parsed = parsePipOptions(text);
  return parsed.kind === 'options' ? parsed.args : [];
}
