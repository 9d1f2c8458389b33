// YAML text to one document of nodes. The parser is driven token by token so that nesting is bounded while it grows:
// half a million open brackets exhaust the library's memory beyond what can be caught.
import type { Document, ParsedNode } from 'yaml';
import { Composer, isCollection, isScalar, Lexer, Parser, Scalar, visit } from 'yaml';

/** Deeper than any spec needs; each level is one or two entries of the parser's stack. */
const MAX_STACK = 100;
/** Words and marks of YAML. A script or a long text is one; a list entry is five. Errors in more take the library minutes. */
const MAX_LEXEMES = 100_000;
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
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_STACK) {
      return broken({
        offset,
        message: 'nested too deeply',
        hint: 'expected: at most a list or a mapping in a mapping',
      });
    }
    if (++count > MAX_LEXEMES) {
      return broken({ offset, message: 'this file goes on for too long', hint: 'expected: a spec of a page or two' });
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
  const { contents } = document;
  if (second !== undefined) {
    const marker = second.range[0];
    return broken({
      offset: second.contents?.range?.[0] ?? marker,
      message: 'a second YAML document begins here',
      hint: 'expected: one document in a file; write one file for each runtime',
    });
  }
  if (document.errors.length > 0) return { kind: 'broken', problems: syntaxProblems(document, text) };
  if (contents === null || (isScalar(contents) && contents.source === '')) return { kind: 'empty' };
  return { kind: 'document', document };
}

function broken(problem: SyntaxProblem): YamlResult {
  return { kind: 'broken', problems: [problem] };
}

/** One problem a line: what follows on it is the parser finding its feet again. */
function syntaxProblems(document: Document.Parsed<ParsedNode>, text: string): readonly SyntaxProblem[] {
  const lines = new Set<number>();
  return document.errors
    .slice(0, 100)
    .filter(({ pos }) => {
      const line = text.lastIndexOf('\n', pos[0] - 1);
      return !lines.has(line) && lines.add(line);
    })
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map((error) => explain(error, document, text));
}

/** What a writer of the file can do about the library's error. */
function explain(
  error: Document.Parsed['errors'][number],
  document: Document.Parsed<ParsedNode>,
  text: string,
): SyntaxProblem {
  const { code, message } = error;
  const offset = error.pos[0];
  if (/^Missing closing .quote/.test(message)) {
    return {
      offset: lastQuote(document) ?? offset,
      message: 'this quote is not closed',
      hint: 'expected: quotes in pairs',
    };
  }
  if (/^Flow (?:map|sequence)/.test(message)) {
    const at = openBracket(document, offset) ?? offset;
    const bracket = text.charAt(at);
    const close = bracket === '{' ? '}' : ']';
    return {
      offset: at,
      message: `this ${bracket} is not closed`,
      hint: `expected: ${close} at the end of the list or mapping`,
    };
  }
  if (/^Implicit (?:map )?keys need/.test(message)) {
    return { offset, message: 'a key must be followed by ":" and a space on its line', hint: 'expected: KEY: VALUE' };
  }
  switch (code) {
    case 'TAB_AS_INDENT':
      return { offset, message: 'a tab indents this line', hint: 'expected: spaces; YAML does not allow tabs there' };
    case 'BAD_SCALAR_START':
      return {
        offset,
        message: `a plain value cannot begin with ${text.charAt(offset)}`,
        hint: 'expected: the value in quotes',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        offset,
        message: `${text.slice(offset, offset + 2)} is not an escape of YAML`,
        hint: 'expected: \\\\ for a backslash, or the text in single quotes, where it is only a backslash',
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return /sequence/.test(message)
        ? {
            offset,
            message: 'this entry is indented less than the list above it',
            hint: 'expected: entries of one list begin in the same column',
          }
        : {
            offset,
            message: 'a second ": " in one line, or a line indented deeper than the key above it',
            hint: 'expected: one key in a line; text that holds ": " goes in quotes',
          };
    case 'BAD_INDENT':
      return {
        offset,
        message: 'this line is indented differently from its neighbours',
        hint: 'expected: keys of one mapping, and entries of one list, begin in the same column',
      };
    default:
      return { offset, message, hint: 'expected: valid YAML 1.2; text with special characters goes in quotes' };
  }
}

/** An unclosed quote runs to the end of the file, so it is the last. */
function lastQuote(document: Document.Parsed<ParsedNode>): number | undefined {
  let found: number | undefined;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE) found = range?.[0];
    },
  });
  return found;
}

/** Where the innermost bracket opens that covers an offset. */
function openBracket(document: Document.Parsed<ParsedNode>, offset: number): number | undefined {
  let found: number | undefined;
  visit(document, {
    Node: (_key, node) => {
      if (!isCollection(node) || node.flow !== true || !node.range) return;
      if (node.range[0] <= offset && offset <= node.range[2]) found = node.range[0];
    },
  });
  return found;
}
