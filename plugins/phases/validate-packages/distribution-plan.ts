import type { LanguagePack, PackRequest } from '../../../core/contracts/language-pack.js';
import type {
  PackagePlan,
  PackageQuery,
  PlatformAdapter,
  PlatformInfo,
} from '../../../core/contracts/platform-adapter.js';
import { hostUnfit, packageNotFound } from '../../../core/errors/errors.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import type { RuntimeSpec } from '../../../core/spec/runtime-spec.js';

interface DetectedPlatform {
  readonly info: PlatformInfo;
  readonly adapter: PlatformAdapter;
}

/**
 * What the distribution must give for all packs of a spec. Where a name is missing and a pre-install hook may still add the
 * source that has it, the plan is the base alone and a warning says so.
 */
export async function planDistributionPackages(
  requests: readonly { readonly pack: LanguagePack; readonly request: PackRequest }[],
  platform: DetectedPlatform,
  spec: RuntimeSpec,
  context: BuildContext,
  extraBuild: readonly string[] = [],
): Promise<PackagePlan> {
  const { info, adapter } = platform;
  const wanted = requests.map(({ pack, request }) => pack.distributionPackages(request, adapter.family));
  const query: PackageQuery = {
    build: unique([...wanted.flatMap((part) => part.build), ...extraBuild]),
    runtime: unique(wanted.flatMap((part) => part.runtime)),
    tools: unique(wanted.flatMap((part) => part.tools)),
  };
  const resolution = await adapter.resolve(info, query, context);
  if (resolution.kind === 'planned') return resolution.plan;
  const names = resolution.missing.map((missing) => missing.name);
  if (spec.hooks.preInstall !== undefined) {
    context.warn(
      `not in ${resolution.releasesTried.join(', ')}: ${names.join(', ')}; the build goes on since the pre-install hook may add their source`,
    );
    return planBaseAlone(platform, query, context);
  }
  const [first] = resolution.missing;
  throw packageNotFound(names.join(', '), {
    hint: [
      ...(first?.nearest ? [`the nearest name is ${first.nearest}`] : []),
      `looked in ${resolution.releasesTried.join(', ')}; see what there is with: apt-cache search ${spec.base.language}`,
    ].join('; '),
    details: { missing: resolution.missing, releasesTried: resolution.releasesTried },
  });
}

async function planBaseAlone(
  platform: DetectedPlatform,
  query: PackageQuery,
  context: BuildContext,
): Promise<PackagePlan> {
  const resolution = await platform.adapter.resolve(platform.info, { build: [], runtime: [], tools: [] }, context);
  if (resolution.kind === 'missing') {
    throw hostUnfit(
      `the distribution's index lacks what every root needs: ${resolution.missing.map((missing) => missing.name).join(', ')}`,
      'check the package sources of this host',
    );
  }
  return { ...resolution.plan, buildNames: query.build, runtimeNames: query.runtime };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
