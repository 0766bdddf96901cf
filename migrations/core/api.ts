/**
 * What the package exports.
 *
 * For `env.ts` and the revisions: {@link EnvironmentOptions}, {@link tenants}, {@link Operations}.
 *
 * For an application or a test that runs migrations itself, with no state but what it is given:
 *
 *     const env = await loadEnvironment({ root: process.cwd() })
 *     const project = openProject(env)
 *     await usingSession(env, { emit: console.log }, async (session) => {
 *       const request = { direction: 'upgrade', target: 'head' } as const
 *       const plan = await planRun(session, project, request)
 *       await applyPlan(session, project, plan, request)
 *     })
 *
 * On every kind of line, tenants too, as `mig-upgrade` does it:
 *
 *     for (const group of groupsOfRun(project, request)) {
 *       const targets = await targetSchemas(env, group, {}, 'all')
 *       const plan = await planTargets(project, group, targets, request, {})
 *       const error = tenantRunError(await runTargets(project, plan, {}, {}), {})
 *       if (error !== undefined) throw error
 *     }
 *
 * Every failure that a person should read is a {@link MigError} with a code, a help text and an exit code.
 */
export * from './in-process.ts'
export { type CheckOutcome, type VerifyRequest, verifyProject } from './verify/index.ts'
