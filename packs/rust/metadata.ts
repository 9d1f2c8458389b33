/** What `cargo metadata` says of one crate. */
export interface CrateFacts {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly manifest_path: string;
  /** The oldest rust that it is for, if it says so. */
  readonly rust_version?: string | null;
  readonly features: Readonly<Record<string, readonly string[]>>;
  readonly targets: readonly CrateTarget[];
}

interface CrateTarget {
  readonly name: string;
  readonly kind: readonly string[];
  readonly 'required-features'?: readonly string[];
}

const LIBRARY = /^(?:lib|rlib|dylib|cdylib|staticlib|proc-macro)$/;

interface Metadata {
  readonly packages: readonly CrateFacts[];
  readonly resolve: { readonly root: string; readonly nodes: readonly Node[] };
}

interface Node {
  readonly id: string;
  readonly deps: readonly { readonly pkg: string; readonly dep_kinds: readonly { readonly kind: string | null }[] }[];
}

/** Crates and what needs what, on one platform. */
export class CrateGraph {
  private readonly metadata: Metadata;

  constructor(text: string) {
    this.metadata = JSON.parse(text.slice(text.indexOf('{'))) as Metadata;
  }

  /** The package of the project itself. */
  get root(): CrateFacts | undefined {
    return this.metadata.packages.find(({ id }) => id === this.metadata.resolve.root);
  }

  find(name: string, version: string | undefined): CrateFacts | undefined {
    return this.metadata.packages.find(
      (one) => one.name === name && (version === undefined || one.version === version),
    );
  }

  /** All that is compiled for a package: itself (the root one by default), and what it needs but for its own tests. */
  neededBy(id: string = this.metadata.resolve.root): readonly CrateFacts[] {
    const nodes = new Map(this.metadata.resolve.nodes.map((node) => [node.id, node]));
    const reached = new Set<string>([id]);
    for (const at of reached) {
      for (const { pkg, dep_kinds } of nodes.get(at)?.deps ?? []) {
        if (dep_kinds.some(({ kind }) => kind !== 'dev')) reached.add(pkg);
      }
    }
    return this.metadata.packages.filter((one) => reached.has(one.id));
  }
}

export function hasLibrary({ targets }: CrateFacts): boolean {
  return targets.some(({ kind }) => kind.some((one) => LIBRARY.test(one)));
}

/** Programs that `cargo install` makes: those that the default features allow. */
export function programsOf({ targets, features }: CrateFacts): readonly string[] {
  const active = new Set<string>();
  const add = (feature: string) => {
    if (active.has(feature)) return;
    active.add(feature);
    for (const other of features[feature] ?? []) add(other);
  };
  add('default');
  return targets
    .filter(({ kind }) => kind.includes('bin'))
    .filter((target) => (target['required-features'] ?? []).every((feature) => active.has(feature)))
    .map(({ name }) => name);
}

/** Whether `wanted` (`1.70`, `1.70.0`) is of a newer release than `version` (`1.63`), as far as that one says. */
export function isNewer(wanted: string, version: string): boolean {
  const own = version.split('.').map(Number);
  const other = wanted.split('.').map(Number);
  for (const [index, part] of own.entries()) {
    if ((other[index] ?? 0) !== part) return (other[index] ?? 0) > part;
  }
  return false;
}
