export type { CheckResult } from './result.ts'
export { type VerifyRequest, verifyProject } from './verify.ts'
