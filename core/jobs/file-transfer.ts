import { rm } from 'node:fs/promises';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { ID_MAP, type IdMap } from '../contracts/id-map.js';
import { ISOLATOR, type IsolatedProcess, type Isolator, type WorkDisk } from '../contracts/isolator.js';
import { usageError } from '../errors/errors.js';
import type { DownloadReport } from '../files/unpack-downloads.js';
import { VolumeStore } from '../volumes/volume-store.js';
import type { JobRecord } from './job-record.js';
import type { JobRequest, JobSpec } from './job-spec.js';

/** The files of one job. */
export interface FileTransfer {
  /** What its process gets of them. */
  readonly process: Pick<IsolatedProcess, 'disk' | 'volumes'>;
  readonly facts: Pick<JobRecord, 'uploadedFiles' | 'volumes'>;
  /** Once it has ended. Undefined where nothing is wanted of it. Throws E_DOWNLOAD. */
  collect(): Promise<DownloadReport | undefined>;
  /** When it never started, or nobody wants its files any more. */
  discard(): Promise<void>;
}

export interface TransferOptions {
  /** Of the job. */
  readonly directory: string;
  readonly disk?: WorkDisk;
  readonly onWarning?: (message: string) => void;
}

/** Uploads, downloads and volumes of jobs. */
@injectable()
export class FileTransfers {
  constructor(
    @inject(ISOLATOR) private readonly isolator: Isolator,
    @inject(VolumeStore) private readonly volumes: VolumeStore,
    @inject(ID_MAP) private readonly idMap: IdMap,
  ) {}

  /** Throws E_UPLOAD, E_USAGE, E_VOLUME_NOT_FOUND and what else is wrong before the job starts. */
  async begin(request: JobRequest | JobSpec, options: TransferOptions): Promise<FileTransfer> {
    const { uploads = [], volumes = [] } = request;
    const downloads = 'downloads' in request ? (request.downloads ?? []) : [];
    const signal = 'signal' in request ? request.signal : undefined;
    const { disk } = options;
    if (disk === undefined && uploads.length + downloads.length > 0) {
      throw usageError('a job with uploads or downloads needs a disk', 'set limits.max_disk, or give --max-disk');
    }
    const mounts = await this.volumes.open(volumes);
    const packed = uploads.length === 0 ? undefined : await this.pack(uploads, options, signal);
    const keepAt = downloads.length === 0 ? undefined : path.join(options.directory, 'disk.img');
    const discard = async () => {
      packed?.archive.destroy();
      if (keepAt !== undefined) await rm(keepAt, { force: true });
    };
    return {
      process: {
        ...(disk === undefined
          ? {}
          : { disk: { ...disk, ...(packed ? { upload: packed.archive } : {}), ...(keepAt ? { keepAt } : {}) } }),
        ...(mounts.length === 0 ? {} : { volumes: mounts }),
      },
      facts: {
        ...(packed ? { uploadedFiles: packed.files } : {}),
        ...(volumes.length === 0 ? {} : { volumes: volumes.map(({ name }) => name) }),
      },
      collect: async () => {
        if (keepAt === undefined || disk === undefined) return undefined;
        try {
          // Loaded here: most jobs are started without it.
          const { unpackDownloads } = await import('../files/unpack-downloads.js');
          const tooLarge: string[] = [];
          const archive = this.isolator.packWork(keepAt, {
            maxFileBytes: disk.sizeBytes,
            onTooLarge: (name) => tooLarge.push(name),
            ...(signal ? { signal } : {}),
          });
          const options = { maxBytes: disk.sizeBytes, tooLarge, ...(signal ? { signal } : {}) };
          return await unpackDownloads(archive, downloads, options);
        } finally {
          await discard();
        }
      },
      discard,
    };
  }

  private async pack(
    uploads: NonNullable<JobRequest['uploads']>,
    { onWarning }: TransferOptions,
    signal: AbortSignal | undefined,
  ) {
    const { packUploads } = await import('../files/pack-uploads.js');
    return packUploads(uploads, {
      idMap: this.idMap,
      ...(signal ? { signal } : {}),
      ...(onWarning ? { onWarning } : {}),
    });
  }
}
