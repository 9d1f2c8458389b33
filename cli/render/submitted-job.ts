import type { JobRecord } from '../../core/jobs/job-record.js';
import { visibleLine } from './visible.js';

/** The lines that scripts of the Joblet world read. */
export function renderSubmitted(record: JobRecord): string {
  const variables = Object.keys(record.environment).length;
  return [
    'Job submitted:',
    `ID: ${record.id}`,
    `Command: ${visibleLine([record.command, ...record.args].join(' '))}`,
    `Status: ${record.state}`,
    ...(record.scheduledAt === undefined ? [] : [`Scheduled: ${record.scheduledAt}`]),
    ...(record.uploadedFiles === undefined ? [] : [`Files: ${record.uploadedFiles} uploaded successfully`]),
    ...(variables === 0 ? [] : [`Environment: ${variables} variables set`]),
    '',
  ].join('\n');
}

export function submittedDocument(record: JobRecord): Record<string, unknown> {
  const { id, command, args, state, scheduledAt = '' } = record;
  return { job_uuid: id, command, args, status: state, schedule: scheduledAt };
}
