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

/** Whose packages a name stands for: the reference names one distribution of each kind. */
const COVERS: Readonly<Record<string, readonly string[]>> = {
  ubuntu: ['ubuntu', 'debian'],
  rhel: ['rhel', 'rocky', 'alma', 'centos'],
};

/**
 * Whether a host may build what a spec wants for `wanted`. `ubuntu-ARCH` covers Debian, `rhel-ARCH` the rebuilds of RHEL; every other
 * name means that distribution alone. `amzn` is `amazon`, `almalinux` is `alma`.
 */
export function coversPlatform(wanted: string, host: string): boolean {
  const [asked, own] = [partsOf(wanted), partsOf(host)];
  return asked.architecture === own.architecture && (COVERS[asked.name] ?? [asked.name]).includes(own.name);
}

function partsOf(platform: string): { readonly name: string; readonly architecture: string } {
  const dash = platform.lastIndexOf('-');
  const distribution = platform.slice(0, dash);
  return { name: SAME[distribution] ?? distribution, architecture: platform.slice(dash) };
}
