"""Runs the history of an Alembic project on a scratch database, and tells of each step.

just-mig starts this file with the project's own interpreter. The first line of standard input is the task; each
`begin` and `end` waits for a line of answer, so that the reader of the server's log can cut it there. Events go to
standard output, one JSON object a line; what the project prints goes to standard error.
"""
import argparse
import json
import os
import re
import sys
import traceback

# The folder of this file is not part of the project's path; where it is run may be, as `python -m alembic` has it.
sys.path.pop(0)
sys.path.append(os.getcwd())
answers = os.fdopen(os.dup(0), "r", encoding="utf-8")
events = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)
task = json.loads(answers.readline())
scratch = task["scratch"]
root = os.path.join(os.path.realpath(task["root"]), "")


class Refused(Exception):
    """The recording cannot go on; `code` says why."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def tell(event, **facts):
    events.write(json.dumps({"event": event, **facts}, default=str) + "\n")
    events.flush()


def tell_and_wait(event, **facts):
    tell(event, **facts)
    if not answers.readline():
        os._exit(1)


def is_own(file):
    """Whether a file is the project's, and no package's."""
    path = os.path.realpath(file)
    return path.startswith(root) and os.path.isfile(path) and "site-packages" not in path


def facts_of(error):
    """What an error says, and the place in the project where it came up."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_own(frame.filename)]
    place = own[-1] if own else None
    last = frames[-1] if frames else None
    facts = {
        "type": type(error).__name__,
        "message": str(error),
        "file": place.filename if place else None,
        "line": place.lineno if place else None,
    }
    if isinstance(error, ModuleNotFoundError):
        facts["module"] = error.name
    # os.environ is the one mapping of the module os that raises it.
    if isinstance(error, KeyError) and last and re.search(r"(^|/|<frozen )os(\.py)?>?$", last.filename):
        facts["variable"] = error.args[0]
    original = getattr(error, "orig", None)
    state = getattr(original, "pgcode", None) or getattr(original, "sqlstate", None)
    if state:
        facts["sqlState"] = state
        facts["message"] = str(original).strip()
    return facts


# Where connections go -------------------------------------------------------------------------------------------

seen_targets = set()


def note_target(host, port, database):
    """A connection that the project asks for, and that goes to the scratch database instead."""
    target = (str(host or ""), str(port or ""), str(database or ""))
    own = (scratch["host"], str(scratch["port"]), scratch["database"])
    if target == own or target[2] in ("postgres", "template1") or target in seen_targets:
        return
    seen_targets.add(target)
    if len(seen_targets) > 1:
        names = ", ".join(sorted("%s/%s" % (h or "localhost", d) for h, _, d in seen_targets))
        raise Refused("several-databases", names)


def redirected(database_key, given, kept):
    """The arguments of a connection to the scratch database, with what says nothing of where it leads."""
    return {
        **{key: value for key, value in given.items() if key in kept},
        "host": scratch["host"],
        "port": scratch["port"],
        "user": scratch["user"],
        "password": scratch["password"],
        database_key: scratch["database"],
    }


libpq_kept = (
    "options connection_factory cursor_factory async async_ application_name connect_timeout client_encoding "
    "autocommit row_factory prepare_threshold context binary"
).split()
asyncpg_kept = (
    "loop timeout statement_cache_size max_cached_statement_lifetime max_cacheable_statement_size command_timeout "
    "connection_class record_class server_settings prepared_statement_cache_size prepared_statement_name_func "
    "async_fallback async_creator_fn"
).split()
other_kept = "application_name timeout".split()


def libpq_arguments(parse, given, dsn):
    parsed = {**(parse(dsn) if dsn else {}), **given}
    note_target(parsed.get("host"), parsed.get("port"), parsed.get("dbname") or parsed.get("database"))
    return {**redirected("dbname", parsed, libpq_kept), "sslmode": "disable"}


def asyncpg_arguments(given, dsn):
    from urllib.parse import urlsplit

    url = urlsplit(dsn or "")
    note_target(given.get("host") or url.hostname, given.get("port") or url.port, given.get("database") or url.path[1:])
    return {**redirected("database", given, asyncpg_kept), "ssl": False}


def redirect_drivers():
    """Replaces the function that connects in each driver that is installed."""
    try:
        import psycopg2
        import psycopg2.extensions

        def connect2(dsn=None, connection_factory=None, cursor_factory=None, **given):
            if connection_factory:
                given["connection_factory"] = connection_factory
            if cursor_factory:
                given["cursor_factory"] = cursor_factory
            return original2(**libpq_arguments(psycopg2.extensions.parse_dsn, given, dsn))

        original2, psycopg2.connect = psycopg2.connect, connect2
    except ImportError:
        pass
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict

        def connect3(cls, conninfo="", **given):
            return original3(cls, "", **libpq_arguments(conninfo_to_dict, given, conninfo))

        async def connect3_async(cls, conninfo="", **given):
            return await original3_async(cls, "", **libpq_arguments(conninfo_to_dict, given, conninfo))

        original3 = psycopg.Connection.connect.__func__
        original3_async = psycopg.AsyncConnection.connect.__func__
        psycopg.Connection.connect = classmethod(connect3)
        psycopg.AsyncConnection.connect = classmethod(connect3_async)
        psycopg.connect = psycopg.Connection.connect
    except ImportError:
        pass
    try:
        import asyncpg
        import asyncpg.connection

        def connect_async(dsn=None, **given):
            return original_async(**asyncpg_arguments(given, dsn))

        original_async, asyncpg.connect = asyncpg.connect, connect_async
        asyncpg.connection.connect = connect_async
    except ImportError:
        pass


def redirect_engines():
    """Every engine of SQLAlchemy connects to the scratch database, whatever its URL and arguments say."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "do_connect")
    def connect(dialect, record, arguments, given):
        if dialect.name != "postgresql":
            raise Refused("other-database", dialect.name)
        database = given.get("dbname") or given.get("database")
        dsn = arguments[0] if arguments else given.get("dsn")
        if not dsn:
            note_target(given.get("host"), given.get("port"), database)
        driver = dialect.driver
        if driver == "asyncpg":
            new = asyncpg_arguments(given, dsn)
        elif driver in ("psycopg2", "psycopg", "psycopg_async", "psycopg2cffi"):
            new = {**redirected("dbname", given, libpq_kept), "sslmode": "disable"}
        else:
            new = redirected("database", given, other_kept)
        # The connection itself: a listener of the project's own would otherwise still change where it leads.
        return dialect.connect(**new)


def refuse_others():
    """A connection of Python's own sockets that leads elsewhere is refused."""

    def audit(event, arguments):
        if event != "socket.connect":
            return
        address = arguments[1]
        if isinstance(address, (str, bytes)):
            return
        if address[0] in (scratch["host"], "127.0.0.1", "::1") and address[1] == scratch["port"]:
            return
        raise Refused("connection-refused", "%s:%s" % (address[0], address[1]))

    sys.addaudithook(audit)


# The history ----------------------------------------------------------------------------------------------------


def alembic_config():
    from alembic.config import Config

    options = argparse.Namespace(
        x=task["x"] or None, config=task["ini"], name=task["section"], raiseerr=False, sql=False, tag=None,
        revision="heads", autogenerate=False,
    )
    if task["flask"]:
        return flask_config(options)
    kind = {"toml_file": task["toml"]} if task["toml"] else {}
    config = Config(task["ini"], ini_section=task["section"], cmd_opts=options, **kind)
    if task["scriptLocation"]:
        config.set_main_option("script_location", task["scriptLocation"].replace("%", "%%"))
    if task["bare"] and task["scriptLocation"]:
        config.set_main_option("version_locations", task["scriptLocation"].replace("%", "%%"))
    return config


def flask_config(options):
    """Flask-Migrate's env.py reads the application (its documentation, "Configuration callbacks")."""
    from flask.cli import ScriptInfo

    app = ScriptInfo().load_app()
    app.app_context().push()
    config = app.extensions["migrate"].migrate.get_config(task["scriptLocation"], x_arg=task["x"] or None)
    return config


def described(script, folder):
    module = script.module
    return {
        "revision": script.revision,
        "parents": list(script._versioned_down_revisions),
        "dependsOn": list(script._resolved_dependencies),
        "labels": sorted(script._orig_branch_labels),
        "doc": module.__doc__ or "",
        "file": os.path.realpath(module.__file__),
    }


def describe(directory):
    found = list(directory.walk_revisions())
    found.reverse()
    tell("graph", revisions=[described(script, directory.dir) for script in found])


def watch_configure(environment_class):
    """Each revision is a transaction of its own, and nothing runs on a database that is not the scratch one."""
    original = environment_class.configure

    def configure(self, *arguments, **given):
        given["transaction_per_migration"] = True
        original(self, *arguments, **given)
        context = self.get_context()
        if context.dialect.name != "postgresql":
            raise Refused("other-database", context.dialect.name)
        if context.connection is None or value_of(context, "current_setting('just_mig.recording', true)") != task["token"]:
            raise Refused("not-redirected", str(getattr(context.connection, "engine", "")))
        tell("ready", table=context.version_table, schema=context.version_table_schema)

    environment_class.configure = configure


def value_of(context, expression):
    from sqlalchemy import text

    return context.connection.execute(text("SELECT " + expression)).scalar()


def session_of(context):
    from sqlalchemy import text

    row = context.connection.execute(
        text("SELECT current_setting('search_path'), current_user, session_user, current_setting('TimeZone')")
    ).fetchone()
    return {"searchPath": row[0], "role": None if row[1] == row[2] else row[1], "timeZone": row[3]}


class Recorder:
    def __init__(self, directory):
        self.directory = directory
        self.arguments = {}

    def run(self, applied, context):
        for step in self.directory._upgrade_revs("heads", applied):
            script = step.revision
            step.migration_fn = self.watched(context, script, "upgrade", step.migration_fn)
            yield step
            if task["downs"] and script.revision not in task["skip"]:
                self.try_downgrade(context, script)

    def watched(self, context, script, direction, body):
        def run(**arguments):
            self.arguments = arguments
            facts = {"revision": script.revision, "direction": direction}
            tell_and_wait("begin", **facts, **session_of(context))
            try:
                body(**arguments)
            except Exception as error:
                tell_and_wait("end", **facts, error=facts_of(error))
                error.told = True
                raise
            tell_and_wait("end", **facts)

        return run

    def try_downgrade(self, context, script):
        """The downgrade, right after the upgrade; then the database is as it was."""
        body = self.watched(context, script, "downgrade", script.module.downgrade)
        transaction = None
        nested = context._in_external_transaction
        try:
            with context.connection.begin_nested() if nested else context.begin_transaction(_per_migration=True):
                transaction = value_of(context, "txid_current()")
                body(**self.arguments)
                raise Undo()
        except Undo:
            pass
        except Refused:
            raise
        except Exception as error:
            if not getattr(error, "told", False):
                raise
        if nested or transaction is None or value_of(context, "txid_status(%d)" % transaction) == "aborted":
            return
        # It has committed: it has to be made again, or the next revisions have nothing to stand on.
        try:
            with context.begin_transaction(_per_migration=True):
                script.module.upgrade(**self.arguments)
        except Exception as error:
            raise Broken(script.revision) from error


class Undo(Exception):
    pass


class Broken(Exception):
    """A downgrade has left what its upgrade cannot start from."""


def bare_environment(environment):
    """For a folder of revision files without an env.py."""
    from sqlalchemy import create_engine

    with create_engine("postgresql+%s://" % installed_driver()).connect() as connection:
        environment.configure(connection=connection)
        with environment.begin_transaction():
            environment.run_migrations()


def installed_driver():
    from importlib.util import find_spec

    for name in ("psycopg2", "psycopg", "pg8000"):
        if find_spec(name):
            return name
    raise ModuleNotFoundError("No module named 'psycopg2'", name="psycopg2")


def main():
    if task["fence"]:
        refuse_others()
    redirect_drivers()
    import alembic
    import sqlalchemy
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    tell("versions", python=sys.version.split()[0], alembic=alembic.__version__, sqlalchemy=sqlalchemy.__version__)
    redirect_engines()
    config = alembic_config()
    directory = ScriptDirectory.from_config(config)
    if task["describe"]:
        describe(directory)
    watch_configure(EnvironmentContext)
    recorder = Recorder(directory)
    with EnvironmentContext(config, directory, fn=recorder.run, as_sql=False, destination_rev="heads") as environment:
        if task["bare"]:
            bare_environment(environment)
        else:
            directory.run_env()
    tell("done")


try:
    main()
    code = 0
except BaseException as error:
    causes = [error]
    while causes[-1].__cause__ or causes[-1].__context__:
        causes.append(causes[-1].__cause__ or causes[-1].__context__)
    refused = next((cause for cause in causes if isinstance(cause, Refused)), None)
    if refused:
        tell("refused", code=refused.code, what=str(refused))
    elif isinstance(error, Broken):
        tell("broken", revision=str(error))
    elif not getattr(error, "told", False):
        tell("failed", error=facts_of(error))
        traceback.print_exc()
    code = 1
events.flush()
sys.stderr.flush()
# Threads of the project do not keep it.
os._exit(code)
