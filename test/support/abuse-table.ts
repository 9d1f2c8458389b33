/** One attempt at what a job must not do. */
export interface Attempt {
  readonly title: string;
  /** What exactly was tried, for the table. */
  readonly tried: string;
}

/** Collects what became of attempts, and prints it. */
export class AbuseTable {
  private readonly rows: (Attempt & { readonly blocked: boolean })[] = [];

  add({ title, tried }: Attempt, blocked: boolean): void {
    this.rows.push({ title, tried, blocked });
  }

  print(): void {
    const width = Math.max(...this.rows.map(({ title }) => title.length));
    const lines = this.rows.map(
      ({ title, tried, blocked }) => `${blocked ? 'blocked' : 'OPEN   '}  ${title.padEnd(width)}  ${tried}`,
    );
    const count = this.rows.filter(({ blocked }) => blocked).length;
    process.stdout.write(`\n${lines.join('\n')}\n${count} of ${this.rows.length} blocked\n\n`);
  }
}
