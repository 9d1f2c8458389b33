import type { DistributionPackage, PackagePlan } from '../../core/contracts/platform-adapter.js';
import type { BuildPlan, PlannedPack } from '../../core/pipeline/results.js';
import { formatSize } from './quantities.js';
import { renderTable } from './table.js';
import { visibleLine } from './visible.js';

/** The whole lock file of a build: every package with its exact version. */
export function renderPlan(plan: BuildPlan): string {
  const { packages } = plan;
  return [
    section(`Base of ${packages.release}`, packages.base),
    section('Packages of the build', packages.build),
    packages.tools.length === 0 ? '' : section('Packages that resolving uses, not installed', packages.tools),
    ...plan.packs.map(renderPack),
    `To download from the distribution: ${formatSize(packages.downloadBytes)}\n`,
  ]
    .filter((text) => text !== '')
    .join('\n');
}

/** Only the packages that the language asks for by name; what these need is counted. */
export function renderPlanSummary(plan: BuildPlan): string {
  const { packages } = plan;
  const named = packages.build.filter(({ name }) => packages.buildNames.includes(name));
  const more = packages.base.length + packages.build.length - named.length;
  const rest = more === 0 ? '' : `  and ${more} that these and the base of ${packages.release} need\n`;
  return [`${section('Distribution packages', named)}${rest}`, ...plan.packs.map(renderPack)]
    .filter((text) => text !== '')
    .join('\n');
}

export function planDocument(plan: BuildPlan): Record<string, unknown> {
  const { release, base, build, tools, buildNames, runtimeNames, downloadBytes }: PackagePlan = plan.packages;
  return {
    release,
    base: base.map(packageDocument),
    build: build.map(packageDocument),
    tools: tools.map(packageDocument),
    build_names: buildNames,
    runtime_names: runtimeNames,
    download_bytes: downloadBytes,
    languages: Object.fromEntries(
      plan.packs.map(({ pack, plan: own }) => [
        pack.id,
        {
          packages: own.packages,
          extra_build: own.extraBuild,
          ...(own.deferred === undefined ? {} : { deferred: own.deferred }),
        },
      ]),
    ),
  };
}

function section(title: string, packages: readonly DistributionPackage[]): string {
  const rows = packages.map(({ name, version, architecture }) => [name, version, architecture]);
  return `${title} (${packages.length}):\n${renderTable({ rows, indent: 2 })}`;
}

function renderPack({ pack, plan }: PlannedPack): string {
  if (plan.deferred !== undefined) {
    return `${pack.title} packages: resolved while building (${visibleLine(plan.deferred)})\n`;
  }
  if (plan.packages.length === 0) return '';
  const rows = plan.packages.map(({ name, version }) => [name, version]);
  return `${pack.title} packages (${rows.length}):\n${renderTable({ rows, indent: 2 })}`;
}

function packageDocument(item: DistributionPackage): Record<string, unknown> {
  const { name, version, architecture, hash, sizeBytes } = item;
  return { name, version, architecture, hash, size_bytes: sizeBytes };
}
