/** The distributions that `platforms` of a runtime.yaml may name; of two spellings, the second is os-release's. */
export const PLATFORM_DISTRIBUTIONS = [
  'ubuntu',
  'debian',
  'rhel',
  'rocky',
  'alma',
  'almalinux',
  'fedora',
  'centos',
  'amazon',
  'amzn',
] as const;

export const PLATFORM_ARCHITECTURES = ['amd64', 'arm64'] as const;

const SAME: Readonly<Record<string, string>> = { almalinux: 'alma', amzn: 'amazon' };

/** Every `DISTRO-ARCH` that a spec may list. */
export const PLATFORM_NAMES: readonly string[] = PLATFORM_DISTRIBUTIONS.flatMap((distribution) =>
  PLATFORM_ARCHITECTURES.map((architecture) => `${distribution}-${architecture}`),
);

/** Whether two names mean one platform: `amzn-amd64` and `amazon-amd64` do. */
export function isSamePlatform(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(name: string): string {
  const dash = name.lastIndexOf('-');
  const distribution = name.slice(0, dash);
  return `${SAME[distribution] ?? distribution}${name.slice(dash)}`;
}
