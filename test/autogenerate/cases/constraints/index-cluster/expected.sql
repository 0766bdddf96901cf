-- upgrade
ALTER TABLE rfx_user.profile CLUSTER ON by_email;

-- downgrade
ALTER TABLE rfx_user.profile SET WITHOUT CLUSTER;
