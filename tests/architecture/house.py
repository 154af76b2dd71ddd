"""The house as design.md section 3 draws it: areas in order, and what each kind of file is."""

#: An area may import those before it, never one after it.
AREAS = (
    "web",
    "accounts",
    "parties",
    "files",
    "labels",
    "notify",
    "jobs",
    "sites",
    "hosting",
    "power",
    "environment",
    "upkeep",
    "planning",
    "shipping",
    "exchange",
    "monitoring",
    "alarms",
    "reports",
    "demo",
)
#: Modules beside the areas that any area may import; they know no area.
GROUND = ("settings", "db", "errors", "readings", "paths", "schema", "serving")
#: Modules that wire everything; no area may import them.
ROOF = ("app", "cli", "models")
#: The parts of facilities that may know telemetry.
TELEMETRY_KNOWERS = ("monitoring", "alarms", "reports", "demo", "app", "cli", "commands")

#: What a file of an area may be called when it is more than a pure rule. `NAME` also stands for
#: `NAME_anything` and `anything_NAME`, so that a large service can be told apart by subject.
ROLES = (
    "models",
    "service",
    "views",
    "api",
    "forms",
    "commands",
    "area",
    "tables",
    "queries",
    "cards",
)
#: Every other file of an area is a rule file and must be pure, but for these and their reasons.
ADAPTERS = {
    "accounts.history": "listens on the session and writes the chain",
    "accounts.ledger": "reads the history",
    "accounts.login": "the session cookie, over Flask-Login",
    "accounts.passwords": "argon2 and the random source",
    "accounts.permit": "marks routes",
    "jobs.leases": "one holder at a time, by a conditional UPDATE",
    "jobs.worker": "the loop of the work process",
    "notify.mail": "SMTP",
}
#: Areas that stand between two worlds, so that most of their files are adapters: the shell of the
#: pages, the bridge to telemetry, the seed of the demo. There a file is a rule when its docstring
#: says "Pure", and is held to it.
ADAPTER_AREAS = ("web", "monitoring", "demo")

#: What a rule file may import besides the standard library and other rule files.
RULE_IMPORTS = ("numpy", "facilities.errors", "facilities.readings")
#: Parts of the standard library that reach out of the process or tell the time.
IMPURE = (
    "asyncio",
    "http",
    "multiprocessing",
    "os",
    "random",
    "secrets",
    "shutil",
    "smtplib",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
    "urllib.request",
)
#: Calls that read the clock; a rule takes the time as a value.
CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")

#: Libraries that are kept behind one module each, so that a change of theirs is met in one place.
ONE_PLACE = ("pymodbus", "gufo", "pysnmp", "influxdb_client")
#: What telemetry must run without.
NOT_IN_TELEMETRY = ("facilities", "flask", "sqlalchemy")
