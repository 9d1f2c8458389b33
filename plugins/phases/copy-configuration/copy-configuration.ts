import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { makeRootTmp } from '../../../core/build/build-root.js';
import { fileKind } from '../../../core/build/file-kinds.js';
import { accountsForJobs, HOSTS } from '../../../core/build/job-files.js';
import { readPlainFile } from '../../../core/build/read-plain-file.js';
import { RootRunner } from '../../../core/build/root-runner.js';
import { HOST_NETWORK, type HostNetwork } from '../../../core/contracts/host-network.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import { ISOLATOR, type Isolator } from '../../../core/contracts/isolator.js';
import type { Phase } from '../../../core/contracts/phase.js';
import { buildStepFailed } from '../../../core/errors/errors.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { DETECTED_PLATFORM } from '../../../core/pipeline/results.js';
import { ISOLATED_ROOT, WORKSPACE } from '../../../core/pipeline/root-results.js';

@injectable()
export class CopyConfiguration implements Phase {
  readonly number = 12;
  readonly id = 'copy-configuration';
  readonly title = 'Copy Configuration';
  readonly description = "Copy configuration, the host's certificate authorities, resolv.conf; make the library cache";

  constructor(
    @inject(ISOLATOR) private readonly isolator: Isolator,
    @inject(HOST_NETWORK) private readonly network: HostNetwork,
    @inject(ID_MAP) private readonly ids: IdMap,
  ) {}

  async run(context: BuildContext): Promise<void> {
    const isolated = context.get(ISOLATED_ROOT);
    const { authorities } = context.get(DETECTED_PLATFORM).adapter;
    const isSingle = (rootPath: string) => authorities.singles.includes(path.posix.dirname(rootPath));
    for (const rootPath of isolated.selected) {
      if (fileKind(rootPath) === 'configuration' && !isSingle(rootPath)) isolated.add(rootPath);
    }

    const bundle = this.network.authoritiesPath();
    if (bundle === undefined) context.warn('this host has no certificate bundle: the runtime has none');
    else {
      isolated.write(authorities.bundle, readFileSync(bundle));
      isolated.link(authorities.opensslFile, authorities.bundle);
    }
    // No network by default: a job gets names from /etc/hosts only, and what has a network is given a resolver then.
    isolated.write('/etc/resolv.conf', '');
    isolated.write('/etc/hostname', 'job\n');
    isolated.write('/etc/hosts', HOSTS);
    isolated.write('/etc/passwd', accountsForJobs(isolated.read('/etc/passwd') ?? ''));
    await this.makeLibraryCache(context);
  }

  /** `ctypes.util.find_library` and the like read the loader's cache; the build root's names libraries that are not here. */
  private async makeLibraryCache(context: BuildContext): Promise<void> {
    const isolated = context.get(ISOLATED_ROOT);
    const workspace = context.get(WORKSPACE);
    const tmpDir = await makeRootTmp(workspace, this.ids);
    const runner = new RootRunner({
      isolator: this.isolator,
      network: this.network,
      root: { kind: 'directory', hostPath: isolated.dir, writable: false },
      services: context,
      tmp: { hostPath: tmpDir, rootPath: '/tmp', writable: true },
    });
    const made = await runner.run({ args: ['/sbin/ldconfig', '-X', '-C', '/tmp/ld.so.cache'] });
    if (made.status !== 0) throw buildStepFailed('ldconfig failed in the runtime', made.stderrTail);
    isolated.write('/etc/ld.so.cache', readPlainFile(path.join(tmpDir, 'ld.so.cache')));
  }
}
