-- upgrade
ALTER SEQUENCE rfx_user.page_id_seq SET UNLOGGED;
ALTER SEQUENCE rfx_user.visit_id_seq SET LOGGED;
ALTER SEQUENCE rfx_user.page_n_seq SET UNLOGGED;
ALTER SEQUENCE rfx_user.visit_n_seq SET LOGGED;

-- downgrade
ALTER SEQUENCE rfx_user.page_id_seq SET LOGGED;
ALTER SEQUENCE rfx_user.visit_id_seq SET UNLOGGED;
ALTER SEQUENCE rfx_user.page_n_seq SET LOGGED;
ALTER SEQUENCE rfx_user.visit_n_seq SET UNLOGGED;
