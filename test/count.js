// count.js REPORT STATUS: prints vitest's counts as the last line and exits with the run's status; a run that reports no test, or a
// failure that its status hides, fails.
import { readFileSync } from 'node:fs';

const [, , file, status] = process.argv;
const report = JSON.parse(readFileSync(file, 'utf8'));
const broken = report.testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0).length;
const failed = report.numFailedTests + broken;
const skipped = report.numPendingTests + report.numTodoTests;
process.exitCode = Number(status) || (failed > 0 || report.numPassedTests === 0 || !report.success ? 1 : 0);
console.log(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
