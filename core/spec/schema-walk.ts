import type { JsonSchema } from '../contracts/language-pack.js';

/** The schema of a member of a list (by number) or of a mapping (by key); undefined where the schema says nothing. */
export function childSchema(schema: JsonSchema | undefined, key: string | number): JsonSchema | undefined {
  if (schema === undefined) return undefined;
  if (typeof key === 'number') return asSchema(schema['items']);
  const properties = asSchema(schema['properties']);
  if (properties !== undefined && Object.hasOwn(properties, key)) return asSchema(properties[key]);
  return asSchema(schema['additionalProperties']);
}

/** `string`, `array`, …; undefined where the schema leaves it open. */
export function expectedType(schema: JsonSchema | undefined): string | undefined {
  const type = schema?.['type'];
  return typeof type === 'string' ? type : undefined;
}

/** The keys that a mapping may have. */
export function propertyNames(schema: JsonSchema | undefined): readonly string[] {
  return Object.keys(asSchema(schema?.['properties']) ?? {});
}

function asSchema(value: unknown): JsonSchema | undefined {
  return isSchema(value) ? value : undefined;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
