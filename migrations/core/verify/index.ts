export type { CheckOutcome } from './result.ts'
export { type VerifyRequest, verifyProject } from './verify.ts'
