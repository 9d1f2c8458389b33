export type { ClientCertificate, IssuedCertificate, ServerMaterial } from './certificate-store.js';
export { CertificateStore } from './certificate-store.js';
export type { Role } from './roles.js';
export { ROLES } from './roles.js';
