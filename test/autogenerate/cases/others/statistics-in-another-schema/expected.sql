-- upgrade
DROP STATISTICS IF EXISTS rfx_policy.one_ab;
DROP STATISTICS IF EXISTS rfx_policy.one_expression;
CREATE STATISTICS rfx_policy.one_ab (ndistinct) ON a, b FROM rfx_user.one;

-- downgrade
DROP STATISTICS IF EXISTS rfx_policy.one_ab;
CREATE STATISTICS rfx_policy.one_ab ON a, b FROM rfx_user.one;
CREATE STATISTICS rfx_policy.one_expression ON id, ((a + b)) FROM rfx_user.one;
