import { isSecretName, MASK } from '../../core/jobs/secret-names.js';
import { redactCredentials } from '../../core/spec/redact.js';

/** The value of a variable as it may be shown: one whose name says that it is a secret is not. */
export function maskValue(name: string, value: string): string {
  return isSecretName(name) ? MASK : redactCredentials(value);
}
