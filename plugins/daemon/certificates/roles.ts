/** Roles that a certificate's OU can name; `viewer` is an alias of `reader`. */
export const ROLES = ['reader', 'viewer', 'developer', 'maintainer', 'admin', 'runner'] as const;

export type Role = (typeof ROLES)[number];
