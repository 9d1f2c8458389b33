import checkDiskSpaceModule from 'check-disk-space';

/** The package's types declare its default export one level too deep for NodeNext. */
const checkDiskSpace = checkDiskSpaceModule as unknown as (path: string) => Promise<{ readonly free: number }>;

/** Bytes that the file system of an existing path has left. */
export async function freeDiskSpace(path: string): Promise<number> {
  return (await checkDiskSpace(path)).free;
}
