import { type Download, parseDownload } from '../core/files/download-pattern.js';
import type { DownloadReport } from '../core/files/unpack-downloads.js';
import type { Upload } from '../core/files/upload-source.js';
import { parseVolumeUse, type VolumeUse } from '../core/volumes/volume.js';
import { visibleLine } from './render/visible.js';

/** Flags of `rnx job run` about files. */
export interface JobFileFlags {
  readonly upload?: readonly string[] | undefined;
  readonly 'upload-dir'?: readonly string[] | undefined;
  readonly download?: readonly string[] | undefined;
  readonly volume?: readonly string[] | undefined;
}

export interface JobFileRequest {
  readonly uploads?: readonly Upload[];
  readonly volumes?: readonly VolumeUse[];
  readonly downloads?: readonly Download[];
}

/** Throws E_USAGE. */
export function jobFiles(flags: JobFileFlags): JobFileRequest {
  const { upload = [], 'upload-dir': directories = [], download = [], volume = [] } = flags;
  const uploads = [
    ...upload.map((hostPath) => ({ hostPath })),
    ...directories.map((hostPath) => ({ hostPath, keepDirectory: true })),
  ];
  return {
    ...(uploads.length === 0 ? {} : { uploads }),
    ...(volume.length === 0 ? {} : { volumes: volume.map(parseVolumeUse) }),
    ...(download.length === 0 ? {} : { downloads: download.map(parseDownload) }),
  };
}

/** What a download left undone; nothing when all went well. */
export function renderDownload({ leftOut, leftOutCount, unmatched }: DownloadReport): string {
  const lines = [
    ...unmatched.map((pattern) => `Warning: nothing to download matches ${visibleLine(pattern)}`),
    ...leftOut.map(({ name, reason }) => `Warning: not downloaded: ${visibleLine(name)} is ${reason}`),
    ...(leftOutCount > leftOut.length ? [`Warning: and ${leftOutCount - leftOut.length} more not downloaded`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
