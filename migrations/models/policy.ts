// The wanted state of the policy line, as plain SQL. A .sql file would do as well; this one takes the names of the
// schemas from the environment.
const policy = process.env.RFX_POLICY_SCHEMA || 'rfx_policy'
const user = process.env.RFX_USER_SCHEMA || 'rfx_user'

export default `
CREATE TABLE "${policy}".role (
  id bigint GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  built_in boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT role_pkey PRIMARY KEY (id),
  CONSTRAINT role_name_key UNIQUE (name),
  CONSTRAINT role_name_check CHECK (name ~ '^[a-z][a-z0-9_]*$')
);

CREATE TABLE "${policy}".permission (
  id bigint GENERATED ALWAYS AS IDENTITY,
  resource text NOT NULL,
  action text NOT NULL,
  CONSTRAINT permission_pkey PRIMARY KEY (id),
  CONSTRAINT permission_resource_action_key UNIQUE (resource, action),
  CONSTRAINT permission_action_check CHECK (action IN ('read', 'write', 'manage'))
);

CREATE TABLE "${policy}".role_permission (
  role_id bigint NOT NULL,
  permission_id bigint NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT role_permission_pkey PRIMARY KEY (role_id, permission_id),
  CONSTRAINT role_permission_role_id_fkey
    FOREIGN KEY (role_id) REFERENCES "${policy}".role (id) ON DELETE CASCADE,
  CONSTRAINT role_permission_permission_id_fkey
    FOREIGN KEY (permission_id) REFERENCES "${policy}".permission (id) ON DELETE CASCADE
);

CREATE INDEX role_permission_permission_id_idx ON "${policy}".role_permission (permission_id);

CREATE TABLE "${policy}".role_assignment (
  id bigint GENERATED ALWAYS AS IDENTITY,
  profile_id uuid NOT NULL,
  role_id bigint NOT NULL,
  granted_by uuid,
  valid_from timestamptz NOT NULL DEFAULT now(),
  valid_until timestamptz,
  CONSTRAINT role_assignment_pkey PRIMARY KEY (id),
  CONSTRAINT role_assignment_profile_id_role_id_key UNIQUE (profile_id, role_id),
  CONSTRAINT role_assignment_valid_check CHECK (valid_until IS NULL OR valid_until > valid_from),
  CONSTRAINT role_assignment_profile_id_fkey
    FOREIGN KEY (profile_id) REFERENCES "${user}".profile (id) ON DELETE CASCADE,
  CONSTRAINT role_assignment_role_id_fkey
    FOREIGN KEY (role_id) REFERENCES "${policy}".role (id) ON DELETE RESTRICT,
  CONSTRAINT role_assignment_granted_by_fkey
    FOREIGN KEY (granted_by) REFERENCES "${user}".profile (id) ON DELETE SET NULL
);

CREATE INDEX role_assignment_role_id_idx ON "${policy}".role_assignment (role_id);

CREATE FUNCTION "${policy}".current_profile_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('rfx.profile_id', true), '')::uuid
$$;

CREATE FUNCTION "${policy}".has_permission(resource text, action text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = "${policy}", pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM role_assignment AS assignment
    JOIN role_permission AS granted ON granted.role_id = assignment.role_id
    JOIN permission AS wanted ON wanted.id = granted.permission_id
    WHERE assignment.profile_id = current_profile_id()
      AND now() >= assignment.valid_from
      AND (assignment.valid_until IS NULL OR now() < assignment.valid_until)
      AND wanted.resource = has_permission.resource
      AND wanted.action = has_permission.action
  )
$$;

ALTER TABLE "${policy}".role_assignment ENABLE ROW LEVEL SECURITY;

CREATE POLICY role_assignment_own ON "${policy}".role_assignment
FOR SELECT USING (profile_id = "${policy}".current_profile_id());

CREATE POLICY role_assignment_manage ON "${policy}".role_assignment
USING ("${policy}".has_permission('role_assignment', 'manage'));

COMMENT ON TABLE "${policy}".role IS 'A named set of permissions.';
COMMENT ON TABLE "${policy}".role_assignment IS 'Who has which role, and for how long.';
COMMENT ON COLUMN "${policy}".role_assignment.valid_until IS 'Exclusive; null means without end.';
COMMENT ON FUNCTION "${policy}".current_profile_id() IS 'The profile that the application set as rfx.profile_id, or null.';
COMMENT ON POLICY role_assignment_own ON "${policy}".role_assignment IS 'Everyone sees the roles that they have.';
`
