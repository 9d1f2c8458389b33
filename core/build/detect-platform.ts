import type { PlatformAdapter, PlatformInfo } from '../contracts/platform-adapter.js';
import { hostUnfit } from '../errors/errors.js';

/** This host's platform, and the adapter that serves it. */
export interface DetectedPlatform {
  readonly info: PlatformInfo;
  readonly adapter: PlatformAdapter;
}

/**
 * The adapter that knows this host. What was registered last is asked first: it may stand in for a built-in one. One that fails
 * does not keep the others from being asked. Throws E_HOST_UNFIT.
 */
export async function detectPlatform(platforms: readonly PlatformAdapter[]): Promise<DetectedPlatform> {
  const failures: string[] = [];
  for (const adapter of [...platforms].reverse()) {
    try {
      const info = await adapter.detect();
      if (info !== undefined) return { info, adapter };
    } catch (error) {
      failures.push(`; ${adapter.family} could not tell: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw hostUnfit(
    'this host is of no platform family that joblet knows',
    `known families: ${platforms.map((adapter) => adapter.family).join(', ')}${failures.join('')}`,
  );
}
