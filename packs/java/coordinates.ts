import type { PackRequest } from '../../core/contracts/language-pack.js';

/** What an entry of `maven` asks for. */
export interface Coordinate {
  readonly group: string;
  readonly artifact: string;
  /** An exact version, or a range: `[1.0,2.0)`. @default the newest release */
  readonly version?: string;
}

const NAME = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const VERSION = '[A-Za-z0-9_][A-Za-z0-9_.+-]*';
const COORDINATE = new RegExp(`^(${NAME}):(${NAME})(?::(${VERSION}|[[(][A-Za-z0-9_.,+-]+[\\])]))?$`);

/** Undefined for what is no coordinate. */
export function parseCoordinate(text: string): Coordinate | undefined {
  const match = COORDINATE.exec(text);
  if (match === null) return undefined;
  const [, group = '', artifact = '', version] = match;
  return { group, artifact, ...(version === undefined ? {} : { version }) };
}

export function coordinatesOf(request: PackRequest): readonly string[] {
  const list = request.values['maven'];
  return Array.isArray(list) ? list.map(String) : [];
}
