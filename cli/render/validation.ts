import type { ValidationReport } from '../../core/engine/builder.js';
import type { SpecReportEntry } from '../../core/spec/runtime-spec.js';
import { planDocument, renderPlan, renderPlanSummary } from './plan.js';
import { renderSpecification, specificationDocument } from './specification.js';
import { visible, visibleLine } from './visible.js';

/** What `validate` says of a file that can be built. */
export function renderValidation(report: ValidationReport): string {
  return `${visible(report.file)}: valid\n\n${renderFacts(report)}\n${renderPlanSummary(report.plan)}${renderWarnings(report)}`;
}

/** What `build --dry-run` says: everything that would be installed. */
export function renderDryRun(report: ValidationReport): string {
  const { name, version } = report.spec;
  return `Plan of ${name} ${version}\n\n${renderFacts(report)}\n${renderPlan(report.plan)}${renderWarnings(report)}\nNothing was built.\n`;
}

export function validationDocument(report: ValidationReport): Record<string, unknown> {
  const { file, spec, platform, plan, warnings, notes } = report;
  return {
    valid: true,
    file,
    specification: specificationDocument(spec),
    platform: {
      id: platform.id,
      distribution: platform.distribution,
      release: platform.release,
      architecture: platform.architecture,
      package_manager: platform.packageManager,
    },
    plan: planDocument(plan),
    warnings,
    notes,
  };
}

function renderFacts({ spec, platform, plan }: ValidationReport): string {
  return [
    'Specification:',
    renderSpecification(spec),
    'Platform:',
    `  ${platform.id} (${platform.release}, ${platform.packageManager}); the runtime is made of ${plan.packages.release}`,
    '',
  ].join('\n');
}

function renderWarnings({ file, warnings, notes }: ValidationReport): string {
  if (warnings.length === 0 && notes.length === 0) return '';
  const lines = [...warnings.map((warning) => warningLine(file, warning)), ...notes.map(visibleLine)];
  return `\nWarnings:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function warningLine(file: string, { line, column, path, message, hint }: SpecReportEntry): string {
  const where = path === '' ? '' : `${path}: `;
  const advice = hint === undefined ? '' : ` (${hint})`;
  return visibleLine(`${file}:${line}:${column}: ${where}${message}${advice}`);
}
