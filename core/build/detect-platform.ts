import type { PlatformAdapter, PlatformInfo } from '../contracts/platform-adapter.js';
import { hostUnfit } from '../errors/errors.js';

/** This host's platform, and the adapter that serves it. */
export interface DetectedPlatform {
  readonly info: PlatformInfo;
  readonly adapter: PlatformAdapter;
}

/** The first adapter that knows this host. Throws E_HOST_UNFIT. */
export async function detectPlatform(platforms: readonly PlatformAdapter[]): Promise<DetectedPlatform> {
  for (const adapter of platforms) {
    const info = await adapter.detect();
    if (info !== undefined) return { info, adapter };
  }
  throw hostUnfit(
    'this host is of no platform family that joblet knows',
    `known families: ${platforms.map((adapter) => adapter.family).join(', ')}`,
  );
}
