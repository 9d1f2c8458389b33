/** Which of the phases 10 to 12 brings a path. */
export type FileKind = 'binary' | 'library' | 'configuration';

const CONFIGURATION = /^\/(etc|var|home|root|srv|opt\/[^/]+\/etc)\//;
const SHARED_OBJECT = /\.so(\.[\w.-]+)*$/;
/** Libraries of the system; what lies deeper (a language's own modules) comes with its programs. */
const LIBRARY_DIR = /^\/(usr\/(local\/)?)?lib(32|64|x32)?\/([^/]+-linux-gnu[^/]*\/)?(.*\/)?[^/]+$/;

export function fileKind(rootPath: string): FileKind {
  if (CONFIGURATION.test(rootPath)) return 'configuration';
  if (SHARED_OBJECT.test(rootPath) && LIBRARY_DIR.test(rootPath)) return 'library';
  return 'binary';
}
