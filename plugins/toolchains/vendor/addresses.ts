import type { Config } from '../../../core/config/config.js';
import { LOADERS, NPM_LOADERS } from './loaders.js';

/** Where the archives of a language are; undefined: nowhere. */
export type AddressOf = (language: string, config: Config) => string | undefined;

/** The vendor's own address, or the one that `toolchains.addresses.LANGUAGE` sets in its place. */
export const vendorAddress: AddressOf = (language, { toolchains }) =>
  trimmed(toolchains.addresses[language] ?? LOADERS.get(language)?.address);

/** `toolchains.addresses.mirror`, a directory for each language. */
export const mirrorAddress: AddressOf = (language, { toolchains }) => {
  const { mirror } = toolchains.addresses;
  return mirror === undefined ? undefined : `${trimmed(mirror)}/${language}`;
};

/** The npm registry, or what `toolchains.addresses.npm` names in its place. */
export const npmAddress: AddressOf = (language, { toolchains }) =>
  NPM_LOADERS.has(language) ? trimmed(toolchains.addresses['npm'] ?? NPM_LOADERS.get(language)?.address) : undefined;

function trimmed<T extends string | undefined>(address: T): T | string {
  return typeof address === 'string' ? address.replace(/\/+$/, '') : address;
}
