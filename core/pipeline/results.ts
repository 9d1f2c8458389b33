import type { DetectedPlatform } from '../build/detect-platform.js';
import type { LanguagePack, LanguagePackage, PackPlan, PackRequest } from '../contracts/language-pack.js';
import type { PackageOwnership, PackagePlan } from '../contracts/platform-adapter.js';
import type { Toolchain } from '../contracts/toolchain-source.js';
import type { ParsedSpec } from '../spec/runtime-spec.js';
import { resultKey } from './result-key.js';

/** Written by phase 1. */
export const PARSED_SPEC = resultKey<ParsedSpec>('parsed-spec');

/** Written by phase 2. */
export const DETECTED_PLATFORM = resultKey<DetectedPlatform>('detected-platform');

/** One pack's part in a build. */
export interface PlannedPack {
  readonly pack: LanguagePack;
  readonly request: PackRequest;
  readonly plan: PackPlan;
}

/** The lock file of a build: everything that will be installed. Written by phase 4. */
export interface BuildPlan {
  readonly packages: PackagePlan;
  /** Id of the source that the language comes from; undefined where a pre-install hook has to bring it. */
  readonly source?: string;
  /** Present where it comes as archives. */
  readonly toolchain?: Toolchain;
  readonly packs: readonly PlannedPack[];
}
export const BUILD_PLAN = resultKey<BuildPlan>('build-plan');

/** What is really installed. Written by phase 8. */
export const INSTALLED_PACKAGES = resultKey<readonly LanguagePackage[]>('installed-packages');

/** Which package owns which file of the finished root. Written by phase 10. */
export const OWNERSHIP = resultKey<PackageOwnership>('ownership');
