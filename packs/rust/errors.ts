import { JobletError } from '../../core/pack-kit.js';

/** The crates of `cargo` cannot be resolved or built, for another reason than that one is not there. */
export function cargoFailed(reason: string, hint: string, details: Record<string, unknown> = {}): JobletError {
  return new JobletError({
    code: 'E_CARGO_INSTALL',
    message: `crates cannot be installed: ${reason}`,
    hint,
    exit: 'package',
    details,
  });
}

/** A crate says that it needs a newer rust than the runtime's. */
export function rustTooOld(
  crate: { readonly name: string; readonly version: string; readonly rust_version?: string | null },
  entry: { readonly name: string; readonly version: string },
  version: string,
  path: readonly (string | number)[] | undefined,
): JobletError {
  const of = `${crate.name} ${crate.version}`;
  const by = crate.name === entry.name ? '' : `, which ${entry.name} ${entry.version} needs,`;
  return cargoFailed(
    `${of}${by} is for rust ${crate.rust_version} and later, and this runtime has ${version}`,
    `name an older release of ${entry.name}, such as ${entry.name}@REQUIREMENT, or a newer base.version`,
    { crate: of, rustVersion: crate.rust_version, ...(path === undefined ? {} : { path }) },
  );
}
