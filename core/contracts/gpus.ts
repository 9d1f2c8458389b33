import { token } from './token.js';

/** What a vendor's description says that a process needs to use its devices. */
export interface DeviceEdits {
  readonly env: Readonly<Record<string, string>>;
  /** Device nodes: host path and path inside. */
  readonly nodes: readonly { readonly hostPath: string; readonly rootPath: string }[];
  /** Driver files, read-only. */
  readonly files: readonly { readonly hostPath: string; readonly rootPath: string }[];
  /** Programs of the vendor's that the OCI runtime runs while it makes the container. */
  readonly hooks: readonly DeviceHook[];
  /** Files on the host; a process holds each while it runs, and none can be held twice. */
  readonly locks: readonly string[];
}

export interface DeviceHook {
  /** A stage of the OCI runtime specification: `createContainer`. */
  readonly stage: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
}

export interface GpuRequest {
  readonly count: number;
  /** Of each GPU. */
  readonly memoryBytes?: number;
}

export interface Gpus {
  /** GPUs that no other job holds. Throws E_GPU_UNAVAILABLE, with what to do. */
  choose(request: GpuRequest): Promise<DeviceEdits>;
}

export const GPUS = token<Gpus>('gpus');
