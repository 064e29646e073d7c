/** Finds and repairs what keys that were deleted or changed by hand have left in a queue. Start at {@link audit}. */
export { audit } from './auditor/audit.ts';
export type { AuditOptions } from './auditor/audit-options.ts';
export type { AuditReport, Finding } from './auditor/audit-report.ts';
