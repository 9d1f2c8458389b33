import type { Json } from '../../core/contracts/language-pack.js';

/** The project that pins every module. */
export interface ModulePlan {
  readonly goMod: string;
  readonly goSum: string;
  /** Packages of the list that are programs. */
  readonly commands: readonly string[];
}

export function planData(plan: ModulePlan): Json {
  return { ...plan };
}

/** What `planData` wrote; undefined of a plan that waits for the build root. */
export function readPlanData(data: Json): ModulePlan | undefined {
  return data === null ? undefined : (JSON.parse(JSON.stringify(data)) as ModulePlan);
}
