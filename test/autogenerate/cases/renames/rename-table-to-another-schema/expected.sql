-- upgrade
ALTER TABLE rfx_user.p SET SCHEMA rfx_policy;

-- downgrade
ALTER TABLE rfx_policy.p SET SCHEMA rfx_user;
