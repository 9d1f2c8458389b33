import { redactCredentials } from '../../core/spec/redact.js';

const SECRET_NAME = /^SECRET_|_(TOKEN|KEY|PASSWORD|SECRET)$/;

/** The value of a variable as it may be shown: one whose name says that it is a secret is not. */
export function maskValue(name: string, value: string): string {
  return SECRET_NAME.test(name) ? '***' : redactCredentials(value);
}
