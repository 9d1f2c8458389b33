// YAML text to one document of nodes. The parser is driven token by token so that nesting is bounded while it grows:
// half a million open brackets exhaust the library's memory beyond what can be caught.
import type { Document, ParsedNode } from 'yaml';
import { Composer, Lexer, Parser } from 'yaml';

/** Deeper than any spec needs; each level is one or two entries of the parser's stack. */
const MAX_STACK = 100;
/** Past these, a broken file only repeats itself. */
const MAX_SYNTAX_PROBLEMS = 10;

export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

export type YamlResult =
  | { readonly kind: 'document'; readonly document: Document.Parsed<ParsedNode> }
  | { readonly kind: 'empty' }
  | { readonly kind: 'broken'; readonly problems: readonly SyntaxProblem[] };

/** Parses exactly one document. */
export function parseYaml(text: string): YamlResult {
  const parser = new Parser();
  const tokens = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_STACK) {
      return broken({
        offset,
        message: 'nested too deeply',
        hint: 'expected: at most a list or a mapping in a mapping',
      });
    }
    offset = parser.offset;
  }
  for (const token of parser.end()) tokens.push(token);
  const [document, second] = new Composer({ uniqueKeys: false, logLevel: 'silent', keepSourceTokens: false }).compose(
    tokens,
    true,
    text.length,
  );
  if (document === undefined) return { kind: 'empty' };
  if (second !== undefined) {
    const marker = second.range[0];
    return broken({
      offset: second.contents?.range?.[0] ?? marker,
      message: 'a second YAML document begins here',
      hint: 'expected: one document in a file; write one file for each runtime',
    });
  }
  if (document.errors.length > 0) {
    return {
      kind: 'broken',
      problems: document.errors.slice(0, MAX_SYNTAX_PROBLEMS).map((error) => explain(error, text)),
    };
  }
  return { kind: 'document', document };
}

function broken(problem: SyntaxProblem): YamlResult {
  return { kind: 'broken', problems: [problem] };
}

/** What a writer of the file can do about the library's error. */
function explain(
  error: { readonly code: string; readonly message: string; readonly pos: [number, number] },
  text: string,
): SyntaxProblem {
  const offset = error.pos[0];
  const first = text.charAt(offset);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { offset, message: 'a tab indents this line', hint: 'expected: spaces; YAML does not allow tabs there' };
    case 'BAD_SCALAR_START':
      return { offset, message: `a plain value cannot begin with ${first}`, hint: 'expected: the value in quotes' };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        offset,
        message: 'a second ": " in one line, or a line indented deeper than the key above it',
        hint: 'expected: one key in a line; text that holds ": " goes in quotes',
      };
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        offset,
        message: 'a key must be followed by ":" and a space on its line',
        hint: 'expected: KEY: VALUE',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        offset,
        message: error.message,
        hint: 'expected: an escape of YAML such as \\n or \\\\; in single quotes a backslash is only a backslash',
      };
    case 'BAD_INDENT':
      return { offset, message: error.message, hint: 'expected: keys of one mapping begin in the same column' };
    default:
      return {
        offset,
        message: error.message,
        hint: 'expected: valid YAML 1.2; text with special characters goes in quotes',
      };
  }
}
