import { formatAmount } from '../../core/jobs/amounts.js';
import type { JobRecord } from '../../core/jobs/job-record.js';
import { formatDuration, formatSize } from './quantities.js';
import { renderTable } from './table.js';
import { visibleLine } from './visible.js';

const MIB = 2 ** 20;
/** Of the machine that this store is on. */
const LOCAL_NODE = '-';

/** Scripts read the third column: no value before it may hold a blank. */
export function renderJobList(records: readonly JobRecord[]): string {
  if (records.length === 0) return 'No jobs found\n';
  const rows = records.map((record) => [
    record.id,
    LOCAL_NODE,
    record.state,
    shortTime(record.startedAt ?? record.scheduledAt ?? record.createdAt),
    commandLine(record),
  ]);
  return renderTable({ head: ['ID', 'NODE ID', 'STATUS', 'START TIME', 'COMMAND'], rows });
}

export function jobListDocument(records: readonly JobRecord[]): readonly Record<string, unknown>[] {
  return records.map((record) => ({
    id: record.id,
    name: record.name ?? '',
    node_id: '',
    status: record.state,
    start_time: record.startedAt ?? '',
    end_time: record.endedAt ?? '',
    command: record.command,
    args: record.args,
    exit_code: record.exitCode ?? 0,
    max_cpu: record.limits.maxCpu ?? 0,
    max_memory: (record.limits.maxMemory ?? 0) / MIB,
    max_iobps: record.limits.maxIobps ?? 0,
    cpu_cores: record.limits.cpuCores?.join(',') ?? '',
    scheduled_time: record.scheduledAt ?? '',
  }));
}

export function renderJobStatus(record: JobRecord, now: Date): string {
  const { limits, gpus: { memoryBytes } = {} } = record;
  const environment = Object.entries(record.environment);
  const lines: readonly Line[] = [
    ['Job ID', record.id],
    ['Name', record.name],
    ['Status', record.state],
    ['Reason', record.error ?? record.reason],
    ['Command', commandLine(record)],
    ['Runtime', record.runtime],
    ['Created', record.createdAt],
    ['Started', record.startedAt],
    ['Ended', record.endedAt],
    ['Scheduled', record.scheduledAt],
    ['Duration', durationOf(record, now)],
    ['Max CPU', limits.maxCpu === undefined ? undefined : `${limits.maxCpu}%`],
    ['Max Memory', limits.maxMemory === undefined ? undefined : formatAmount(limits.maxMemory)],
    ['Max IO', limits.maxIobps === undefined ? undefined : `${formatAmount(limits.maxIobps)}/s`],
    ['CPU Cores', limits.cpuCores?.join(',')],
    ['Max PIDs', text(limits.maxPids)],
    ['Max Disk', limits.maxDisk === undefined ? undefined : formatAmount(limits.maxDisk)],
    ['Max Output', limits.maxOutput === undefined ? undefined : formatAmount(limits.maxOutput)],
    ['Timeout', limits.timeoutMs === undefined ? undefined : formatDuration(limits.timeoutMs)],
    ['Network', record.network],
    ['GPUs', text(record.gpus?.count)],
    ['GPU Memory', memoryBytes === undefined ? undefined : formatAmount(memoryBytes)],
    ['User', record.user],
    ['Work Dir', record.workdir],
    ...usageLines(record),
    ['Exit Code', text(record.exitCode)],
  ];
  const shown = lines.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${visibleLine(value)}`]));
  const variables = environment.map(([name, value]) => `  ${visibleLine(`${name}=${value}`)}`);
  return [...shown, ...(variables.length === 0 ? [] : ['Environment:', ...variables]), ''].join('\n');
}

export function jobStatusDocument(record: JobRecord, now: Date): Record<string, unknown> {
  const { limits, usage = {} } = record;
  return {
    uuid: record.id,
    name: record.name ?? '',
    nodeId: '',
    command: record.command,
    args: record.args,
    status: record.state,
    reason: record.reason ?? '',
    error: record.error ?? '',
    createdTime: record.createdAt,
    startTime: record.startedAt ?? '',
    endTime: record.endedAt ?? '',
    scheduledTime: record.scheduledAt ?? '',
    durationMs: elapsedMs(record, now) ?? 0,
    exitCode: record.exitCode ?? 0,
    detached: record.detached,
    runtime: record.runtime ?? '',
    workDir: record.workdir,
    user: record.user ?? '',
    environment: record.environment,
    network: record.network,
    gpuCount: record.gpus?.count ?? 0,
    gpuMemory: (record.gpus?.memoryBytes ?? 0) / MIB,
    volumes: [],
    maxCpu: limits.maxCpu ?? 0,
    maxMemory: (limits.maxMemory ?? 0) / MIB,
    maxIobps: limits.maxIobps ?? 0,
    cpuCores: limits.cpuCores?.join(',') ?? '',
    maxPids: limits.maxPids ?? 0,
    maxDisk: (limits.maxDisk ?? 0) / MIB,
    maxInodes: limits.maxInodes ?? 0,
    maxOutput: (limits.maxOutput ?? 0) / MIB,
    timeoutMs: limits.timeoutMs ?? 0,
    usage: {
      cpuMs: usage.cpuMs,
      peakMemoryBytes: usage.peakMemoryBytes,
      ioReadBytes: usage.ioReadBytes,
      ioWriteBytes: usage.ioWriteBytes,
    },
  };
}

/** What a job uses, or has used. */
export function renderJobMetrics(record: JobRecord, now: Date): string {
  const lines: readonly Line[] = [
    ['Job ID', record.id],
    ['Status', record.state],
    ['Duration', durationOf(record, now)],
    ...usageLines(record),
  ];
  return `${lines.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`])).join('\n')}\n`;
}

export function jobMetricsDocument(record: JobRecord, now: Date): Record<string, unknown> {
  const { usage = {} } = record;
  return {
    uuid: record.id,
    status: record.state,
    durationMs: elapsedMs(record, now) ?? 0,
    cpuMs: usage.cpuMs,
    peakMemoryBytes: usage.peakMemoryBytes,
    ioReadBytes: usage.ioReadBytes,
    ioWriteBytes: usage.ioWriteBytes,
  };
}

type Line = readonly [string, string | undefined];

function usageLines({ usage = {} }: JobRecord): readonly Line[] {
  const size = (bytes: number | undefined): string | undefined => (bytes === undefined ? undefined : formatSize(bytes));
  return [
    ['CPU Time', usage.cpuMs === undefined ? undefined : formatDuration(usage.cpuMs)],
    ['Peak Memory', size(usage.peakMemoryBytes)],
    ['IO Read', size(usage.ioReadBytes)],
    ['IO Written', size(usage.ioWriteBytes)],
  ];
}

function commandLine({ command, args }: JobRecord): string {
  return [command, ...args].join(' ');
}

/** Without fractions of a second: a column stays short and one word. */
function shortTime(time: string): string {
  return time === '' ? '-' : time.replace(/\.\d+Z$/, 'Z');
}

function durationOf(record: JobRecord, now: Date): string | undefined {
  const ms = elapsedMs(record, now);
  return ms === undefined ? undefined : formatDuration(ms);
}

function elapsedMs({ durationMs, startedAt, endedAt }: JobRecord, now: Date): number | undefined {
  if (durationMs !== undefined) return durationMs;
  if (startedAt === undefined) return undefined;
  return Math.max(0, (endedAt === undefined ? now.getTime() : Date.parse(endedAt)) - Date.parse(startedAt));
}

function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
