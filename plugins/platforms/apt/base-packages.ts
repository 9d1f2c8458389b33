import type { Release } from './releases.js';

/**
 * What every root has beside the essential packages and apt: certificate authorities for whatever fetches over TLS, time
 * zones, /etc/protocols and /etc/services, and /etc/mime.types. A release that lacks one of them does without.
 */
const ADDITIONS = ['ca-certificates', 'tzdata', 'netbase', 'media-types'];

export function baseAdditions(release: Release): readonly string[] {
  return release.mergedUsr === 'hook' ? [...ADDITIONS, 'usr-is-merged'] : ADDITIONS;
}
