import type { GpuRequest } from '../contracts/gpus.js';
import { usageError } from '../errors/errors.js';
import { parseAmount } from './amounts.js';
import type { JobRequest } from './job-spec.js';

/** The GPUs that a job is to have, undefined for none. `required`: the runtime says that it needs one. Throws E_USAGE. */
export function gpusOf(
  { gpu, gpuMemory }: Pick<JobRequest, 'gpu' | 'gpuMemory'>,
  required: boolean,
): GpuRequest | undefined {
  const count = gpu ?? (required ? 1 : 0);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw usageError(`--gpu ${count}: not a number of GPUs`, 'write a whole number; 0 is a job without');
  }
  const memoryBytes = memoryOf(gpuMemory);
  if (count === 0) {
    if (memoryBytes === undefined) return undefined;
    throw usageError('--gpu-memory of a job without a GPU', 'say how many GPUs it is to have: --gpu 1');
  }
  return { count, ...(memoryBytes === undefined ? {} : { memoryBytes }) };
}

function memoryOf(given: number | string | undefined): number | undefined {
  if (given === undefined || given === '') return undefined;
  const bytes = parseAmount(String(given), 'M');
  if (bytes === undefined) {
    throw usageError(
      `--gpu-memory ${JSON.stringify(given)}: not an amount`,
      'write a number of MB, or one with M or G: 8G',
    );
  }
  return bytes === 0 ? undefined : bytes;
}
