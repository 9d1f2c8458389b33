/** The conformance kit: does a language pack keep the contract? Exported as `joblet/testing`. */
export { checkPack } from './check-pack.js';
export { describePack, type TestRunner } from './describe-pack.js';
export type { BadSpec, PackCase } from './options.js';
export { type ConformanceReport, type RuleRef, type RuleResult, renderReport } from './report.js';
export { RULES } from './rules.js';
