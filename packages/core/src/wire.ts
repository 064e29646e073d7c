/** The wire protocol: for `@q/client` and `@q/worker`, not for applications. It may change with any version. */
export { type AclRole, aclRules } from './acl.ts';
export { decodePayload, encodePayload, requireCodec } from './codec.ts';
export type { ResolvedDurability } from './contract/durability.ts';
export { resolveDurability } from './contract/durability.ts';
export { isBuiltInFailureType } from './contract/failure.ts';
export { resolveInstant } from './contract/instant.ts';
export { requireKnownOptions } from './contract/known-options.ts';
export {
  isWord,
  requireLabel,
  requireQueueName,
  requireScheduleName,
  requireTaskId,
  requireTaskName,
} from './contract/names.ts';
export { schemasOf } from './contract/schema.ts';
export { shown } from './contract/shown.ts';
export type { ResolvedStartOptions } from './contract/start-options.ts';
export { resolveStartOptions } from './contract/start-options.ts';
export { isTask } from './contract/task.ts';
export type { ResolvedTaskOptions } from './contract/task-options.ts';
export { resolveTaskOptions } from './contract/task-options.ts';
export {
  checkWith,
  parseErrorData,
  parseInput,
  parseResult,
  validateErrorData,
  validateInput,
  validateResult,
} from './contract/validate.ts';
export { parseDuration } from './duration.ts';
export { luaSources } from './lua/sources.gen.ts';
export { byteLength, joinBytes } from './protocol/bytes.ts';
export type { Envelope, EnvelopeFacts } from './protocol/envelope.ts';
export { decodeEnvelope } from './protocol/envelope.ts';
export type { StoredFailure } from './protocol/failure.ts';
export { describeFailure } from './protocol/failure.ts';
export type { FinishCode, LockMode, PendingHeader, PendingState } from './protocol/header.ts';
export { defaultTtl } from './protocol/header.ts';
export { atShard, newTaskId, newWireId } from './protocol/ids.ts';
export type { QueueKeys } from './protocol/keys.ts';
export { queueKeys, queuePatterns } from './protocol/keys.ts';
export { uniqueLock } from './protocol/lock.ts';
export type { ResultFacts, StoredResult } from './protocol/result.ts';
export { decodeResult, encodeResult } from './protocol/result.ts';
export type { PublishedResult } from './protocol/result-message.ts';
export { decodeResultMessage } from './protocol/result-message.ts';
export type { FinishedTask, PendingTask, TaskValue } from './protocol/task-value.ts';
export { decodeTaskValue, encodeTaskLines, encodeTaskValue } from './protocol/task-value.ts';
export type { TriesRecord } from './protocol/tries.ts';
export { noTries } from './protocol/tries.ts';
export { PROTOCOL_VERSION } from './protocol/version.ts';
export type { AbortInput, AbortReply } from './scripts/abort.ts';
export { abort } from './scripts/abort.ts';
export type { AuditedLists, AuditInput, AuditReply, AuditSubject } from './scripts/audit.ts';
export { audit } from './scripts/audit.ts';
export type { AuditFinding, StrandedPlace } from './scripts/audit-finding.ts';
export type { DefineInput, DefineReply } from './scripts/define.ts';
export { define } from './scripts/define.ts';
export type { EnqueuedItem, EnqueueInput, EnqueueItem, EnqueueReply, Start } from './scripts/enqueue.ts';
export { enqueue } from './scripts/enqueue.ts';
export type { FireInput, FireReply } from './scripts/fire.ts';
export { fire } from './scripts/fire.ts';
export type { HeldInput, HeldReply, KeptLock } from './scripts/held.ts';
export { held } from './scripts/held.ts';
export type { JoinInput, JoinReply } from './scripts/join.ts';
export { join } from './scripts/join.ts';
export type { LeaveInput, LeaveReply } from './scripts/leave.ts';
export { leave } from './scripts/leave.ts';
export type { ReadInput, ReadItem, ReadReply } from './scripts/read.ts';
export { read } from './scripts/read.ts';
export type { RenewInput, RenewReply } from './scripts/renew.ts';
export { renew } from './scripts/renew.ts';
export type { Script, ScriptArgument } from './scripts/script.ts';
export type { SettleItem, SettleOutcome } from './scripts/settle-item.ts';
export type { ClaimedTask, ClaimReply, SettleVerdict, StepInput, StepReply } from './scripts/step.ts';
export { step } from './scripts/step.ts';
export type { Surveyed, SurveyInput, SurveyReply } from './scripts/survey.ts';
export { survey } from './scripts/survey.ts';
export type { UnwatchInput, UnwatchReply } from './scripts/unwatch.ts';
export { unwatch } from './scripts/unwatch.ts';
export type { WatchedItem, WatchInput, WatchReply } from './scripts/watch.ts';
export { watch } from './scripts/watch.ts';
