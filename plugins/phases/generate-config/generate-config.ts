import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { stringify } from 'yaml';
import { HOST, type Host } from '../../../core/contracts/host.js';
import { ISOLATOR, type Isolator, type JobMount } from '../../../core/contracts/isolator.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import {
  BUILD_PLAN,
  DETECTED_PLATFORM,
  INSTALLED_PACKAGES,
  OWNERSHIP,
  PARSED_SPEC,
} from '../../../core/pipeline/results.js';
import { ISOLATED_ROOT, MANIFEST, MEASURES } from '../../../core/pipeline/root-results.js';
import { specDigest } from '../../../core/spec/spec-digest.js';
import type { UnmeasuredManifest } from '../../../core/store/runtime-manifest.js';
import { digestTree } from '../../../core/store/tree-digest.js';
import { treeSize } from '../../../core/store/tree-size.js';
import { JOBLET_VERSION } from '../../../core/version.js';

const JOB_PATH = '/usr/local/bin:/usr/bin:/bin';

@injectable()
export class GenerateConfig implements Phase {
  readonly number = 13;
  readonly id = 'generate-config';
  readonly title = 'Generate Config';
  readonly description = 'Generate runtime.yml';

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ISOLATOR) private readonly isolator: Isolator,
  ) {}

  async run(context: BuildContext): Promise<void> {
    const { dir } = context.get(ISOLATED_ROOT);
    const manifest = describe(context, this.host.now(), this.isolator.jobMounts());
    await writeFile(path.join(path.dirname(dir), 'runtime.yml'), stringify(manifest), { mode: 0o644 });
    context.set(MANIFEST, manifest);
    // Phase 14 puts them in: reading all of the root takes as long as its smoke test, and they can go on together.
    context.startAhead(MEASURES, async ({ signal }) => ({
      size_bytes: treeSize(dir),
      digest: await digestTree(dir, signal),
    }));
  }
}

function describe(context: BuildContext, builtAt: Date, mounts: readonly JobMount[]): UnmeasuredManifest {
  const { spec } = context.get(PARSED_SPEC);
  const { info } = context.get(DETECTED_PLATFORM);
  const { packs, packages, source, toolchain } = context.get(BUILD_PLAN);
  const distribution = context.get(OWNERSHIP).installed.filter((one) => one.keep);
  const mainPackage = packages.sets[0]?.runtime[0];
  const ofPackages = distribution.find((one) => one.name === mainPackage)?.version;
  const packEnvironment = Object.assign({}, ...packs.map(({ pack, request }) => pack.environment(request))) as Record<
    string,
    string
  >;
  return {
    name: spec.name,
    language: spec.base.language,
    language_version: spec.base.version,
    version: spec.version,
    description: spec.description,
    mounts: mounts,
    environment: { PATH: JOB_PATH, ...packEnvironment, ...spec.environment },
    packages: context.get(INSTALLED_PACKAGES).map((one) => one.label),
    libraries: spec.libraries,
    requirements: {
      architectures: [info.architecture],
      ...(spec.requirements.gpu ? { gpu: true } : {}),
      ...(spec.requirements.cudaVersion === undefined ? {} : { cuda_version: spec.requirements.cudaVersion }),
      ...(spec.requirements.minMemory === undefined ? {} : { min_memory: spec.requirements.minMemory }),
    },
    build_info: {
      built_at: builtAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      platform: info.id,
      language_version_exact: toolchain?.version ?? ofPackages ?? spec.base.version,
      ...(source === undefined ? {} : { source }),
      ...(toolchain === undefined
        ? {}
        : {
            toolchain: toolchain.archives.map(({ url, hash }) => `${url} ${hash}`),
            toolchain_evidence: toolchain.evidence,
          }),
      release: packages.release,
      distribution_packages: distribution.map((one) => `${one.name}=${one.version}`),
      spec_digest: specDigest(spec),
      builder_version: JOBLET_VERSION,
    },
  };
}
