import { testCases } from './support/generated.ts'

testCases('renames')
