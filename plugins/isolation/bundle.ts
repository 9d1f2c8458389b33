import type { IdMap } from '../../core/contracts/id-map.js';
import type { Bind, IsolatedProcess, IsolationProfile, NetworkMode } from '../../core/contracts/isolator.js';
import { hasRawBytes } from '../../core/process/raw-bytes.js';
import { deviceMounts, hooksByStage, type OciHook } from './devices.js';
import { EXEC_SCRIPT, execScript, execScriptPath } from './exec-script.js';
import type { HostLimits } from './host-limits.js';
import type { OciMount } from './mounts.js';
import { bindMount, freshMounts, mappedBind, volumesDirectory } from './mounts.js';
import { DISK, volumeName } from './root-steps.js';
import type { SeccompFilter } from './seccomp.js';
import { seccompAnnotation, seccompFilter } from './seccomp.js';
import { USER_NAMESPACE } from './user-namespace.js';
import { WORK_DIRECTORIES } from './work-disk.js';

/** The parts of an OCI runtime configuration that we use (opencontainers/runtime-spec, config.md and config-linux.md). */
export interface OciConfig {
  readonly ociVersion: string;
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname: string;
  readonly process: {
    readonly terminal: boolean;
    readonly user: { readonly uid: number; readonly gid: number; readonly umask: number };
    readonly cwd: string;
    readonly args: readonly string[];
    readonly env: readonly string[];
    readonly noNewPrivileges: boolean;
    readonly oomScoreAdj: number;
    readonly capabilities: Readonly<Record<CapabilitySet, readonly string[]>>;
    readonly rlimits: readonly { readonly type: string; readonly soft: number; readonly hard: number }[];
  };
  readonly mounts: readonly OciMount[];
  readonly hooks: Readonly<Record<string, readonly OciHook[]>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly linux: {
    readonly namespaces: readonly { readonly type: string; readonly path?: string }[];
    readonly uidMappings: readonly IdMapping[];
    readonly gidMappings: readonly IdMapping[];
    readonly sysctl: Readonly<Record<string, string>>;
    readonly maskedPaths: readonly string[];
    readonly readonlyPaths: readonly string[];
    readonly seccomp: SeccompFilter;
  };
}

type CapabilitySet = 'bounding' | 'effective' | 'inheritable' | 'permitted' | 'ambient';

interface IdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

/** What apt, dpkg, rpm and pip use inside a root; each holds over ids of the user namespace only. */
const BUILD_CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SYS_CHROOT',
  'CAP_AUDIT_WRITE',
];

const CAPABILITIES: Readonly<Record<IsolationProfile, readonly string[]>> = { job: [], build: BUILD_CAPABILITIES };

const MASKED_PATHS = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/key-users',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/kpagecgroup',
  '/proc/kpagecount',
  '/proc/kpageflags',
  '/proc/vmallocinfo',
];

const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** As a login shell has it: soft 1024, since some programs walk all descriptors; raised by those that need more. */
const OPEN_FILES = { soft: 1024, hard: 524_288 };

/** Where the init stands inside a root. In /dev, which is always fresh, so that no root needs a place for it. */
const INIT_PATH = '/dev/init';

/** What a bundle needs to know of a process. */
export type ProcessInRoot = Omit<IsolatedProcess, 'stdin' | 'stdout' | 'stderr' | 'signal' | 'observe'>;

export interface BundleInput {
  readonly process: ProcessInRoot;
  readonly binds: readonly Bind[];
  readonly rootPath: string;
  readonly rootWritable: boolean;
  /** Host ids of the process. */
  readonly idMap: IdMap;
  /** The mount option that maps ids on disk to `idMap`, where they differ, and what of the root must be mounted with it. */
  readonly mapping?: { readonly option: string; readonly rootEntries: readonly string[] };
  readonly initPath: string;
  /** Where the launcher makes what the runtime finds. */
  readonly privateDirectory: string;
  /** libseccomp's name of the processor's architecture. */
  readonly architecture: string;
  readonly limits: HostLimits;
}

/** The OCI configuration of a process. Pure: the same input gives the same bundle. */
export function ociConfig(input: BundleInput): OciConfig {
  const { process, idMap } = input;
  const { profile } = process;
  const scripted = execScript(process) !== undefined;
  const capabilities = CAPABILITIES[profile];
  const filter = { chroot: capabilities.includes('CAP_SYS_CHROOT'), architecture: input.architecture };
  const mapping: IdMapping = { containerID: 0, hostID: idMap.hostStart, size: idMap.size };
  const hard = Math.min(OPEN_FILES.hard, input.limits.maxOpenFiles);
  return {
    ociVersion: '1.0.2',
    root: { path: input.rootPath, readonly: !input.rootWritable },
    hostname: profile,
    process: {
      terminal: false,
      user: { ...(process.user ?? { uid: 0, gid: 0 }), umask: 0o022 },
      cwd: process.cwd ?? (profile === 'job' ? '/work' : '/'),
      args: [INIT_PATH, '--', ...(scripted ? ['/bin/sh', EXEC_SCRIPT] : process.args)],
      env: Object.entries({ ...process.devices?.env, ...process.env })
        .map(([name, value]) => `${name}=${value}`)
        .filter((variable) => !hasRawBytes(variable)),
      noNewPrivileges: true,
      // When memory runs out, a job goes before the host's own services.
      oomScoreAdj: Math.max(500, input.limits.oomScoreAdj),
      capabilities: {
        bounding: capabilities,
        effective: capabilities,
        permitted: capabilities,
        inheritable: [],
        ambient: [],
      },
      rlimits: [
        { type: 'RLIMIT_NOFILE', soft: Math.min(OPEN_FILES.soft, hard), hard },
        { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
      ],
    },
    mounts: [
      ...rootMounts(input),
      ...freshMounts(profile, process.disk === undefined ? 'memory' : 'disk'),
      ...diskMounts(input),
      bindMount({ hostPath: input.initPath, rootPath: INIT_PATH }),
      ...(scripted ? [bindMount({ hostPath: execScriptPath(input.privateDirectory), rootPath: EXEC_SCRIPT })] : []),
      ...input.binds.map(bindMount),
      ...(process.network === 'isolated' ? [resolverBind(input.privateDirectory)] : []),
      ...deviceMounts(process.devices),
    ],
    hooks: hooksByStage(process.devices?.hooks ?? []),
    annotations: seccompAnnotation(filter),
    linux: {
      namespaces: [
        userNamespace(input),
        { type: 'mount' },
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        { type: 'cgroup' },
        ...networkNamespace(process.network, input.privateDirectory),
      ],
      uidMappings: [mapping],
      gidMappings: [mapping],
      // Root without capabilities may bind port 80 of its own loopback, as programs that run as root expect.
      sysctl: process.network === 'none' ? { 'net.ipv4.ip_unprivileged_port_start': '0' } : {},
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
      seccomp: seccompFilter(filter),
    },
  };
}

/** The launcher makes that of a process with ids of its own; the runtime joins it. */
function userNamespace({ mapping, privateDirectory }: BundleInput): { type: string; path?: string } {
  return mapping === undefined ? { type: 'user' } : { type: 'user', path: `${privateDirectory}/${USER_NAMESPACE}` };
}

/** An isolated network is made by the launcher; the runtime joins it. */
function networkNamespace(network: NetworkMode, directory: string): readonly { type: string; path?: string }[] {
  if (network === 'host') return [];
  return [network === 'none' ? { type: 'network' } : { type: 'network', path: `${directory}/netns` }];
}

function resolverBind(directory: string): OciMount {
  return bindMount({ hostPath: `${directory}/resolv.conf`, rootPath: '/etc/resolv.conf' });
}

/** The root's own mount shows ids as they are on disk; these stand over what is in it. */
function rootMounts({ rootPath, mapping }: BundleInput): OciMount[] {
  if (mapping === undefined) return [];
  return mapping.rootEntries.map((entry) => mappedBind(`${rootPath}${entry}`, entry, false, mapping.option));
}

function diskMounts({ process, privateDirectory, mapping }: BundleInput): OciMount[] {
  const scratch = process.disk === undefined ? [] : Object.entries(WORK_DIRECTORIES);
  return [
    ...scratch.map(([name, target]) =>
      mappedBind(`${privateDirectory}/${DISK}/${name}`, target, true, mapping?.option),
    ),
    ...volumesDirectory(process),
    ...(process.volumes ?? []).map((volume, index) =>
      mappedBind(
        `${privateDirectory}/${volumeName(index)}`,
        `/volumes/${volume.name}`,
        !volume.readonly,
        mapping?.option,
      ),
    ),
  ];
}
