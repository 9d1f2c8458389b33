import type { Bind } from './isolator.js';

/** A command inside a root, as the build runs it: `build` profile, output streamed to the build's log. */
export interface RootCommand {
  readonly args: readonly string[];
  /** Added to PATH, HOME=/root, LANG=C.UTF-8. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default '/' */
  readonly cwd?: string;
  readonly binds?: readonly Bind[];
  /** Adds the host's network, authorities and proxies. @default false */
  readonly network?: boolean;
  /** @default no limit */
  readonly timeoutMs?: number;
  /** Do not show standard output in the log (it is data). @default false */
  readonly quiet?: boolean;
  /** Only show standard output: the result's is empty, however much it is. @default false */
  readonly streamOnly?: boolean;
  /** Replaced by *** wherever they stand in the output. */
  readonly secrets?: readonly string[];
}

export interface RootCommandResult {
  readonly status: number;
  readonly stdout: string;
  /** The last lines of standard error. */
  readonly stderrTail: string;
  readonly timedOut: boolean;
}

/** Runs commands in one root. Never rejects for a status other than 0: the caller knows what it means. Rejects with
 * E_CANCELLED when the build is cancelled. */
export interface CommandRunner {
  run(command: RootCommand): Promise<RootCommandResult>;
}
