import type { Json } from '../contracts/language-pack.js';
import type { Tree } from './spec-tree.js';

export function isMapping(value: Tree | undefined): value is { [key: string]: Tree } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Plain data with ordinary objects. */
export function toJson(value: Tree): Json {
  if (Array.isArray(value)) return value.map(toJson);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toJson(part)]));
}
