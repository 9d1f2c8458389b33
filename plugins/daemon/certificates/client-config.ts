import { stringify } from 'yaml';

/** One node of an `rnx-config.yml`, PEM text embedded. */
export interface ClientNode {
  readonly address: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export function clientConfig(node: ClientNode): string {
  return stringify({ version: '3.0', nodes: { default: { ...node, isDefault: true } } }, { lineWidth: 0 });
}
