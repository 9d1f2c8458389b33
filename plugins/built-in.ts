import type { Plugin } from '../core/container.js';
import { register as go } from '../packs/go/index.js';
import { register as java } from '../packs/java/index.js';
import { register as node } from '../packs/node/index.js';
import { register as python } from '../packs/python/index.js';
import { register as rust } from '../packs/rust/index.js';
import { register as gpu } from './gpu/index.js';
import { register as hostNetwork } from './host-network/index.js';
import { register as doctor } from './isolation/doctor/index.js';
import { register as isolation } from './isolation/index.js';
import { register as checkDiskSpace } from './phases/check-disk-space/index.js';
import { register as copyBinaries } from './phases/copy-binaries/index.js';
import { register as copyConfiguration } from './phases/copy-configuration/index.js';
import { register as copyLibraries } from './phases/copy-libraries/index.js';
import { register as detectPlatform } from './phases/detect-platform/index.js';
import { register as generateConfig } from './phases/generate-config/index.js';
import { register as installBase } from './phases/install-base/index.js';
import { register as installPackages } from './phases/install-packages/index.js';
import { register as parseValidate } from './phases/parse-validate/index.js';
import { register as postInstallHook } from './phases/post-install-hook/index.js';
import { register as preInstallHook } from './phases/pre-install-hook/index.js';
import { register as prepareDirectories } from './phases/prepare-directories/index.js';
import { register as validateBuild } from './phases/validate-build/index.js';
import { register as validatePackages } from './phases/validate-packages/index.js';
import { register as apt } from './platforms/apt/index.js';
import { register as yum } from './platforms/yum/index.js';
import { register as distributionToolchains } from './toolchains/distribution/index.js';
import { register as vendorToolchains } from './toolchains/vendor/index.js';
import { register as volumes } from './volumes/index.js';

/** Every plugin that comes with joblet; a test compares it with the folders. */
export const builtInPlugins: readonly Plugin[] = [
  parseValidate,
  detectPlatform,
  checkDiskSpace,
  validatePackages,
  prepareDirectories,
  preInstallHook,
  installBase,
  installPackages,
  postInstallHook,
  copyBinaries,
  copyLibraries,
  copyConfiguration,
  generateConfig,
  validateBuild,
  apt,
  yum,
  distributionToolchains,
  vendorToolchains,
  go,
  java,
  node,
  python,
  rust,
  isolation,
  gpu,
  doctor,
  hostNetwork,
  volumes,
];
