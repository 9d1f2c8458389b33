/** One rule of the contract. */
export interface RuleRef {
  /** Stable, kebab-case: `install-idempotent`. */
  readonly id: string;
  /** What the pack does, as a sentence's predicate: "installs the same again without a change". */
  readonly title: string;
}

export interface RuleResult extends RuleRef {
  /** `not-checked`: something that the rule builds on has failed, or the case does not give what it needs. */
  readonly outcome: 'passed' | 'failed' | 'not-checked';
  /** What is wrong, one a line; of a rule that was not checked, why. */
  readonly problems: readonly string[];
}

export interface ConformanceReport {
  readonly pack: string;
  /** True when every rule has passed. */
  readonly passed: boolean;
  readonly rules: readonly RuleResult[];
}

const MARK = { passed: 'ok    ', failed: 'FAILED', 'not-checked': '-     ' } as const;

/** The report as text, for a terminal or an error's message. */
export function renderReport(report: ConformanceReport): string {
  const lines = report.rules.flatMap(({ outcome, title, problems }) => [
    `  ${MARK[outcome]} ${title}`,
    ...problems.flatMap((problem) => problem.split('\n')).map((line) => `           ${line}`),
  ]);
  return [`The ${report.pack} pack`, ...lines].join('\n');
}
