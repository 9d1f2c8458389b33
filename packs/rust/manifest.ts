import { stringify } from 'smol-toml';
import type { CrateSpec } from './crate-spec.js';

/** The package whose dependencies the entries are. */
export const PACKAGE = 'joblet-runtime';

/** Text of a Cargo.toml with these dependencies. `rustVersion` is what the crates have to be built with. */
export function manifestOf(
  crates: readonly (CrateSpec & { readonly features?: readonly string[] })[],
  rustVersion: string | undefined,
): string {
  return stringify({
    package: {
      name: PACKAGE,
      version: '0.0.0',
      edition: '2018',
      publish: false,
      ...(rustVersion === undefined ? {} : { 'rust-version': rustVersion }),
    },
    dependencies: Object.fromEntries(
      crates.map(({ name, requirement, features }) => [
        name,
        { version: requirement, ...(features === undefined || features.length === 0 ? {} : { features }) },
      ]),
    ),
    // None of the directories above is its workspace.
    workspace: {},
  });
}
