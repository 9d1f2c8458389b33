const SECRET_NAME = /^SECRET_|_(TOKEN|KEY|PASSWORD|SECRET)$/;

/** Whether a variable's name says that its value is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Stands where a secret would. */
export const MASK = '***';
