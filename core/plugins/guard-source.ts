import type { BuildServices } from '../contracts/platform-adapter.js';
import type { ToolchainSource } from '../contracts/toolchain-source.js';

/** A source of a third party that fails is one that cannot be reached: the others are asked all the same. */
export function guardSource(source: ToolchainSource): ToolchainSource {
  const { id, title, order } = source;
  return {
    id,
    title,
    order,
    serves: (...asked) => {
      try {
        return source.serves(...asked);
      } catch {
        return false;
      }
    },
    list: (request, services) => orUnreachable(() => source.list(request, services), services),
    resolve: (request, services) => orUnreachable(() => source.resolve(request, services), services),
    ...(source.unpack === undefined
      ? {}
      : {
          unpack: (toolchain, directory, services) => Promise.resolve(source.unpack?.(toolchain, directory, services)),
        }),
  };
}

async function orUnreachable<T>(
  ask: () => Promise<T>,
  { signal }: BuildServices,
): Promise<T | { readonly kind: 'unreachable'; readonly reason: string }> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
  }
}
