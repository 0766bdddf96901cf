export type { CheckName, CheckResult } from './result.ts'
export { type VerifyRequest, verifyProject } from './verify.ts'
