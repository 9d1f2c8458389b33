import type { DetectedPlatform } from '../../../core/build/detect-platform.js';
import type { LanguagePack, PackRequest } from '../../../core/contracts/language-pack.js';
import type { MissingPackage, PackagePlan, PackageSet } from '../../../core/contracts/platform-adapter.js';
import type { Toolchain } from '../../../core/contracts/toolchain-source.js';
import { hostUnfit, packageNotFound, versionUnavailable } from '../../../core/errors/errors.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import type { PackWork } from '../../../core/spec/pack-requests.js';
import type { RuntimeSpec } from '../../../core/spec/runtime-spec.js';
import { reportSources } from '../../../core/toolchains/report-sources.js';
import type { SourceToAsk } from '../../../core/toolchains/source-order.js';

/** Where the language comes from, and every distribution package of the runtime. */
export interface LanguagePlan {
  readonly packages: PackagePlan;
  /** Undefined where a pre-install hook has to bring the language. */
  readonly from?: SourceToAsk;
  readonly toolchain?: Toolchain;
}

/**
 * Asks the sources in turn for the language, together with what the other packs and `extraBuild` want of the distribution. Where none
 * has it and a pre-install hook may still add the source that has, the plan is the base alone and a warning says so.
 */
export async function planLanguage(
  [base, ...additions]: readonly PackWork[],
  sources: readonly SourceToAsk[],
  platform: DetectedPlatform,
  spec: RuntimeSpec,
  context: BuildContext,
  extraBuild: readonly string[] = [],
): Promise<LanguagePlan> {
  const { info, adapter } = platform;
  if (base === undefined) throw hostUnfit(`no pack for ${spec.base.language}`, 'install one');
  const beside: readonly (readonly PackageSet[])[] = [
    ...additions.map((work) => waysToBring(work, adapter.family)),
    ...(extraBuild.length > 0 ? [[{ build: extraBuild, runtime: [], tools: [] }]] : []),
  ];
  let missing: readonly MissingPackage[] = [];
  for (const from of sources) {
    const { source, suites } = from;
    const request = { ...base, platform: info, adapter, beside, ...(suites ? { suites } : {}) };
    const resolution = await source.resolve(request, context);
    if (resolution.kind === 'packages') return { packages: resolution.plan, from };
    if (resolution.kind === 'archive') {
      const { toolchain } = resolution;
      const underneath = base.pack.distributionPackages({ ...base.request, toolchain }, adapter.family);
      const found = await adapter.resolve(info, { groups: [underneath, ...beside] }, context);
      if (found.kind === 'planned') return { packages: found.plan, from, toolchain };
      missing = found.missing;
    } else if (resolution.kind === 'unreachable') {
      context.log(`${source.title}: ${resolution.reason}`);
    } else if (missing.length === 0) {
      missing = resolution.missing ?? [];
    }
  }
  if (spec.hooks.preInstall !== undefined)
    return { packages: await planForHook(base, beside, platform, missing, context) };
  if (missing.length > 0) throw notFound(spec, missing);
  const reports = await reportSources(sources, { pack: base.pack, platform: info, adapter }, context);
  throw versionUnavailable(spec.base.language, spec.base.version, reports);
}

function waysToBring({ pack, request }: PackWork, family: string): readonly PackageSet[] {
  const ways = pack.distributionPackages(request, family);
  if (ways.length > 0) return ways;
  throw hostUnfit(
    `${pack.title} is not to be had from ${family} distributions`,
    'leave out its packages, or build elsewhere',
  );
}

function notFound(spec: RuntimeSpec, missing: readonly MissingPackage[]): Error {
  const nearest = missing.find((one) => one.nearest !== undefined)?.nearest;
  return packageNotFound(missing.map(({ name }) => name).join(', '), {
    hint: [
      ...(nearest === undefined ? [] : [`the nearest name is ${nearest}`]),
      `see what there is with: rnx runtime versions ${spec.base.language}`,
    ].join('; '),
    details: { missing },
  });
}

/** The base alone; what is wanted is installed by name, from whatever the hook has added. */
async function planForHook(
  { pack, request }: { readonly pack: LanguagePack; readonly request: PackRequest },
  beside: readonly (readonly PackageSet[])[],
  { info, adapter }: DetectedPlatform,
  missing: readonly MissingPackage[],
  context: BuildContext,
): Promise<PackagePlan> {
  const sets = [pack.distributionPackages(request, adapter.family), ...beside].flatMap((group) => group.slice(0, 1));
  const names = missing.length > 0 ? missing.map(({ name }) => name) : (sets[0]?.runtime ?? []);
  context.warn(`not to be had: ${names.join(', ')}; the build goes on since the pre-install hook may add their source`);
  const resolution = await adapter.resolve(info, { groups: [] }, context);
  if (resolution.kind === 'missing') {
    throw hostUnfit(
      `the distribution's index lacks what every root needs: ${resolution.missing.map(({ name }) => name).join(', ')}`,
      'check the package sources of this host',
    );
  }
  return {
    ...resolution.plan,
    sets,
    buildNames: [...new Set(sets.flatMap((set) => set.build))],
    runtimeNames: [...new Set(sets.flatMap((set) => set.runtime))],
  };
}
