// A document of YAML nodes to plain data, and where each piece stands in the file. The schema says where text is due: there
// a plain scalar is taken as it is written (`3.10` stays 3.10), with a warning, since other YAML readers would not.
import type { Document, Node, ParsedNode } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, Scalar, Schema } from 'yaml';
import type { JsonSchema } from '../contracts/language-pack.js';
import { printable, quote } from './printable.js';
import type { RuleProblem } from './rule-problem.js';
import { childSchema, expectedType } from './schema-walk.js';
import type { SourceText } from './source-text.js';
import type { SpecPath } from './spec-position.js';
import { pathKey } from './spec-position.js';

/** Far above any real spec; anchors that multiply reach it within a few lines. */
const MAX_VALUES = 20_000;

/** Past these, a broken file only repeats itself. */
const MAX_PROBLEMS = 1000;

/** Data of a spec before it is checked. Objects have no prototype. */
export type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree };

/** Something wrong in the document, at a place of the text. */
export interface TreeProblem extends RuleProblem {
  readonly offset: number;
}

export interface SpecTree {
  readonly value: Tree;
  readonly problems: readonly TreeProblem[];
  /** False when reading stopped at the limit. */
  readonly complete: boolean;
  /** Offset of the value at a path; of its key when `of` says so. */
  offset(path: SpecPath, of?: 'key' | 'value'): number | undefined;
}

/** Turns a document into data. */
export function readTree(document: Document.Parsed<ParsedNode>, source: SourceText, schema: JsonSchema): SpecTree {
  const reader = new TreeReader(source);
  const value = reader.read(document.contents, [], schema, 0);
  return {
    value: value ?? null,
    problems: reader.problems,
    complete: reader.complete,
    offset: (path, of = 'value') => reader.offsets(of).get(pathKey(path)),
  };
}

/** YAML 1.1's idea of what is not text: most readers still have it. */
const implicitTags = new Schema({ schema: 'yaml-1.1' }).tags;

class TreeReader {
  readonly problems: TreeProblem[] = [];
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();
  #count = 0;
  #outermostAlias: { readonly path: SpecPath; readonly offset: number } | undefined;
  #full = false;

  constructor(private readonly source: SourceText) {}

  get complete(): boolean {
    return !this.#full;
  }

  offsets(of: 'key' | 'value'): ReadonlyMap<string, number> {
    return of === 'key' ? this.#keys : this.#values;
  }

  read(node: Node | null, path: SpecPath, schema: JsonSchema | undefined, fallback: number): Tree | undefined {
    const offset = node?.range?.[0] ?? fallback;
    if (!this.#values.has(pathKey(path))) this.#values.set(pathKey(path), offset);
    if (this.#full) return undefined;
    if (++this.#count > MAX_VALUES) {
      this.#full = true;
      const at = this.#outermostAlias;
      const why = at === undefined ? 'this file has' : 'the anchors of this file expand to';
      const message = `${why} more than ${MAX_VALUES} values`;
      this.#error(at?.path ?? path, at?.offset ?? offset, message, 'expected: a spec, written out');
      return undefined;
    }
    if (node === null) return null;
    if (isAlias(node)) return this.#readAlias(node.source, path, schema, offset);
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined)
      this.#anchors.set(node.anchor, node);
    const { tag } = node;
    if (tag !== undefined && tag !== '!' && !/^tag:yaml\.org,2002:(str|map|seq)$/.test(tag)) {
      const shown = tag.replace('tag:yaml.org,2002:', '!!');
      this.#error(path, offset, `the tag ${quote(shown)} is not supported`, 'expected: the value without a tag');
      return undefined;
    }
    this.#open.add(node);
    try {
      if (isScalar(node)) return this.#readScalar(node, path, schema, offset);
      if (isSeq<Node>(node)) {
        const items = childSchema(schema, 0);
        const list: Tree[] = [];
        for (const [index, item] of node.items.entries()) {
          list.push(this.read(item, [...path, index], items, offset) ?? null);
          if (this.#full) break;
        }
        return list;
      }
      if (isMap<Node, Node | null>(node)) return this.#readMap(node.items, path, schema);
      return undefined;
    } finally {
      this.#open.delete(node);
    }
  }

  #readAlias(name: string, path: SpecPath, schema: JsonSchema | undefined, offset: number): Tree | undefined {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      this.#error(path, offset, `there is no anchor ${quote(name)} above`, 'text that begins with * goes in quotes');
      return undefined;
    }
    if (this.#open.has(target)) {
      this.#error(path, offset, `the anchor ${quote(name)} contains itself`, 'expected: the value, written out');
      return undefined;
    }
    const isOutermost = this.#outermostAlias === undefined;
    if (isOutermost) this.#outermostAlias = { path, offset };
    const value = this.read(target, path, schema, offset);
    if (isOutermost) this.#outermostAlias = undefined;
    return value;
  }

  #readScalar(node: Scalar, path: SpecPath, schema: JsonSchema | undefined, offset: number): Tree | undefined {
    const { value, source = '' } = node;
    if (typeof value === 'string' && value.includes('\0')) {
      this.#error(path, offset, 'a NUL character', 'expected: text without \\0');
      return undefined;
    }
    const plain = node.type === Scalar.PLAIN && node.tag === undefined;
    if (plain && value !== null && expectedType(schema) === 'string') {
      const kind = otherKind(source, value);
      if (kind !== undefined) {
        this.problems.push({
          severity: 'warning',
          path,
          of: 'value',
          offset,
          message: `without quotes, ${printable(source)} is ${kind} to many YAML readers; taken as text, as it is written`,
          hint: `expected: ${quote(source)}, in quotes`,
        });
      }
      return source;
    }
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }

  #readMap(
    pairs: readonly { readonly key: Node; readonly value: Node | null }[],
    path: SpecPath,
    schema: JsonSchema | undefined,
  ): Tree {
    const map: { [key: string]: Tree } = Object.create(null);
    for (const { key, value } of pairs) {
      if (this.problems.length > MAX_PROBLEMS) this.#full = true;
      if (this.#full) break;
      const keyOffset = key?.range?.[0] ?? 0;
      if (isScalar(key) && key.anchor !== undefined) this.#anchors.set(key.anchor, key);
      const name = isScalar(key) ? keyText(key) : undefined;
      if (name === undefined) {
        this.#error(path, keyOffset, 'a key that is not text', 'expected: KEY: VALUE', 'key');
        continue;
      }
      const at = [...path, name];
      if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) {
        this.#error(path, keyOffset, 'merge keys (<<) are not supported', 'expected: the keys, written out', 'key');
        continue;
      }
      const first = this.#keys.get(pathKey(at));
      if (name in map && first !== undefined) {
        this.problems.push({
          severity: 'error',
          path: at,
          of: 'key',
          offset: keyOffset,
          message: 'the key is given twice',
          hint: `expected: each key once; the first is in line ${this.source.place(first).line}`,
        });
        continue;
      }
      if (!this.#keys.has(pathKey(at))) this.#keys.set(pathKey(at), keyOffset);
      const read = this.read(value, at, childSchema(schema, name), keyOffset);
      map[name] = read ?? null;
    }
    return map;
  }

  #error(path: SpecPath, offset: number, message: string, hint: string, of: 'key' | 'value' = 'value'): void {
    this.problems.push({ severity: 'error', path, of, offset, message, hint });
  }
}

/** A key as written; undefined where there is none. */
function keyText(key: Scalar): string | undefined {
  if (typeof key.value === 'string') return key.value;
  return key.value === null ? undefined : key.source;
}

/** What a reader that knows no schema would take an unquoted scalar for; undefined when that is text. */
function otherKind(source: string, value: unknown): string | undefined {
  const tag = implicitTags.find((candidate) => candidate.default === true && candidate.test?.test(source))?.tag;
  switch (tag?.replace('tag:yaml.org,2002:', '')) {
    case 'bool':
      return 'true or false';
    case 'int':
    case 'float':
      return 'a number';
    case 'timestamp':
      return 'a date';
    default:
      return typeof value === 'string' ? undefined : 'a number';
  }
}
