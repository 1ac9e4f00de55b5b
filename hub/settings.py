"""One settings file for every environment; what differs comes from the environment (hub/env.py)."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from hub import env, homekeys
from hub.logs import configure
from hub.ownfiles import own_files

BASE_DIR = Path(__file__).resolve().parent.parent

# --- where we are ------------------------------------------------------------------------------------

HUB_ENVIRONMENT = env.choice("HUB_ENVIRONMENT", ("production", "validation", "development"))
HUB_HOME = (BASE_DIR / env.text("HUB_HOME")).resolve()
DEVELOPMENT = HUB_ENVIRONMENT == "development"
DEBUG = env.flag("HUB_DEBUG")

SECRET_KEY = env.text("HUB_SECRET_KEY") or (homekeys.secret_key(HUB_HOME) if DEVELOPMENT else "")
HUB_DATA_KEYS = env.text("HUB_DATA_KEYS") or (homekeys.data_keys(HUB_HOME) if DEVELOPMENT else "")
HUB_SIGNING_KEY = env.text("HUB_SIGNING_KEY") or (homekeys.signing_key(HUB_HOME) if DEVELOPMENT else "")
HUB_ORIGIN = env.text("HUB_ORIGIN")
if not SECRET_KEY or not HUB_DATA_KEYS:
    raise ImproperlyConfigured("HUB_SECRET_KEY and HUB_DATA_KEYS must be set outside development.")

ALLOWED_HOSTS = env.words("HUB_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("HUB_TRUSTED_ORIGINS")

# --- what runs ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "hub.admin_site.HubAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "guardian",
    "simple_history",
    "csp",
    "django_htmx",
    "django_structlog",
    "governance.apps.GovernanceConfig",
    "dictionary.apps.DictionaryConfig",
    "connectors.apps.ConnectorsConfig",
    "hub.apps.HubConfig",
]

MIDDLEWARE = [
    "hub.middleware.Probes",
    "hub.middleware.Readable",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hub.maintenance.Maintenance",
    "hub.middleware.Intake",
    "hub.correlation.Correlated",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hub.sign_in.sessions.SignedIn",
    "hub.console.errors.EmptyPages",
]

ROOT_URLCONF = "hub.urls"
WSGI_APPLICATION = "hub.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hub.console.context.shell",
            ],
        },
    }
]

# --- database ----------------------------------------------------------------------------------------

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864; PRAGMA recursive_triggers=ON;"
)


def _database(url: str) -> dict:
    if url and not url.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise ImproperlyConfigured("HUB_DATABASE_URL takes postgresql://user@host/name or sqlite:///path.")
    found = environ.Env.db_url_config(url or f"sqlite:///{HUB_HOME / 'hub.sqlite3'}")
    found["CONN_MAX_AGE"] = None
    if found["ENGINE"].endswith("sqlite3"):
        # IMMEDIATE: a transaction that reads and then writes would otherwise fail at once when another writes.
        found["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS}
    else:
        found["OPTIONS"] = {**found.get("OPTIONS", {}), "prepare_threshold": 5}  # governance/rows.py prepares its own
    return found


DATABASES = {"default": _database(env.text("HUB_DATABASE_URL"))}
HUB_OWNER_DATABASE = (
    environ.Env.db_url_config(env.text("HUB_OWNER_DATABASE_URL")) if env.text("HUB_OWNER_DATABASE_URL") else None
)
HUB_APPLICATION_ROLE = DATABASES["default"].get("USER", "")  # kept apart: the test runner swaps the user in the dict
GUARDIAN_USER_OBJ_PERMS_MODEL = "governance.PersonObjectPermission"
GUARDIAN_GROUP_OBJ_PERMS_MODEL = "governance.RoleObjectPermission"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- work --------------------------------------------------------------------------------------------

HUB_BROKER_URL = env.text("HUB_BROKER_URL")
HUB_EMBEDDED = not HUB_BROKER_URL
HUB_POLL_TICK_SECONDS = env.number("HUB_POLL_TICK_SECONDS")
HUB_LEASE_SECONDS = env.number("HUB_LEASE_SECONDS")
HUB_SEAL_KEY_FILE = env.text("HUB_SEAL_KEY_FILE") or (str(HUB_HOME / "seal_key") if DEVELOPMENT else "")
HUB_SEAL_PUBLIC_KEYS = env.words("HUB_SEAL_PUBLIC_KEYS")
HUB_SEAL_SECONDS = env.number("HUB_SEAL_SECONDS")
HUB_MAX_BODY_BYTES = env.number("HUB_MAX_BODY_BYTES")
HUB_SITE_ZONE = env.zone("HUB_SITE_ZONE")
HUB_MAINTENANCE = env.text("HUB_MAINTENANCE")
HUB_OBJECTIVE_P95_MS = env.number("HUB_OBJECTIVE_P95_MS")
HUB_OBJECTIVE_FIRST_TRY_PERCENT = env.number("HUB_OBJECTIVE_FIRST_TRY_PERCENT")
HUB_OBJECTIVE_BACKLOG = env.number("HUB_OBJECTIVE_BACKLOG")
HUB_NETWORK_ALLOWED = env.words("HUB_NETWORK_ALLOWED")
HUB_FILE_ROOTS = env.words("HUB_FILE_ROOTS")
HUB_CREDENTIALS_DIR = env.text("HUB_CREDENTIALS_DIR")
HUB_METRICS_TOKEN = env.text("HUB_METRICS_TOKEN")
HUB_METRICS_NETWORKS = env.networks("HUB_METRICS_NETWORKS")
HUB_OTEL_ENDPOINT = env.text("HUB_OTEL_ENDPOINT")
if HUB_OTEL_ENDPOINT:
    MIDDLEWARE.insert(MIDDLEWARE.index("hub.middleware.Readable"), "hub.middleware.Traces")  # behind the probes
HUB_OWN_FILES = [*own_files(HUB_HOME, DATABASES["default"]), *filter(None, [HUB_SEAL_KEY_FILE])]

CONNECTORS = [
    "connectors.contrib.rest.connector.GenericRest",
    "connectors.contrib.sql.connector.SqlDatabase",
    "connectors.contrib.files.connector.Files",
    "connectors.contrib.mqtt.connector.Mqtt",
    "connectors.contrib.tryton.connector.Tryton",
    "connectors.contrib.roundup.connector.Roundup",
    "connectors.contrib.rabbitmq.connector.RabbitMq",
    "connectors.contrib.kafka.connector.Kafka",
    "connectors.contrib.demo.connector.Demo",
    "connectors.contrib.demo.connector.DemoFlaky",
    "connectors.contrib.demo.connector.DemoRejecting",
    "connectors.contrib.demo.connector.DemoSilent",
    "connectors.contrib.demo.connector.DemoMute",
    "connectors.contrib.demo.connector.DemoHalted",
]

# --- persons -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "governance.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian's anonymous user is off: nobody has rights without signing in
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("CommonPasswordValidator", "NumericPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS += [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email", "title")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": max(12, env.number("HUB_PASSWORD_LENGTH"))},
    },
    {"NAME": "governance.passwords.NotUsedBefore", "OPTIONS": {"memory": env.number("HUB_PASSWORD_MEMORY")}},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "sign-in"

HUB_SESSION_HOURS = env.number("HUB_SESSION_HOURS")
HUB_SESSION_IDLE_MINUTES = env.number("HUB_SESSION_IDLE_MINUTES")
HUB_ONE_TIME_PASSWORD_HOURS = env.number("HUB_ONE_TIME_PASSWORD_HOURS")
HUB_PASSWORD_DAYS = env.number("HUB_PASSWORD_DAYS")
HUB_INACTIVE_DAYS = env.number("HUB_INACTIVE_DAYS")
HUB_SIGN_IN_FAILURES = env.number("HUB_SIGN_IN_FAILURES")
HUB_SIGN_IN_LOCK_MINUTES = env.number("HUB_SIGN_IN_LOCK_MINUTES")
HUB_SIGN_IN_BRAKE = env.number("HUB_SIGN_IN_BRAKE")
HUB_SECOND_FACTOR_ROLES = env.words("HUB_SECOND_FACTOR_ROLES")
HUB_PROXIES = env.number("HUB_PROXIES")

HUB_OIDC_ISSUER = env.text("HUB_OIDC_ISSUER").rstrip("/")
HUB_OIDC_CLIENT_ID = env.text("HUB_OIDC_CLIENT_ID")
HUB_OIDC_CLIENT_SECRET = env.text("HUB_OIDC_CLIENT_SECRET")
HUB_OIDC_LABEL = env.text("HUB_OIDC_LABEL")
HUB_OIDC_USERNAME_CLAIM = env.text("HUB_OIDC_USERNAME_CLAIM")
HUB_OIDC_ROLES_CLAIM = env.text("HUB_OIDC_ROLES_CLAIM")
HUB_OIDC_ROLES = env.pairs("HUB_OIDC_ROLES")
HUB_OIDC_ENROL = env.flag("HUB_OIDC_ENROL")

DEFAULT_EXCEPTION_REPORTER = "hub.tracebacks.NoQuery"
DEFAULT_EXCEPTION_REPORTER_FILTER = "hub.tracebacks.NoValues"

# --- history -----------------------------------------------------------------------------------------

SIMPLE_HISTORY_ENABLED = True
SIMPLE_HISTORY_REVERT_DISABLED = True

# --- pages -------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HUB_HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # what collectstatic fills; empty in development
WHITENOISE_USE_FINDERS = DEVELOPMENT
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
USE_I18N = False
FORMAT_MODULE_PATH = "hub.formats"  # of Django's admin

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
_HTTPS = env.flag("HUB_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
_INSTANCE = env.text("HUB_INSTANCE")
SESSION_COOKIE_NAME = f"hub_session_{_INSTANCE}".rstrip("_")  # browsers tell hosts apart, but not ports
SESSION_COOKIE_AGE = HUB_SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = f"hub_csrf_{_INSTANCE}".rstrip("_")
CSRF_COOKIE_HTTPONLY = True
DATA_UPLOAD_MAX_MEMORY_SIZE = HUB_MAX_BODY_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a mapping of two hundred rules is one form

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "hub.api.authentication.ServiceToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["governance.api.protocol.parser.StrictJson"],
    "EXCEPTION_HANDLER": "governance.api.protocol.problems.handler",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "governance.api.openapi.generating.DeclaredSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Interlock",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [],
    "DESCRIPTION": "Read what the hub knows and does; change what is governed by proposing it.",
}
HUB_API_RATE_READ = env.number("HUB_API_RATE_READ")
HUB_API_RATE_WRITE = env.number("HUB_API_RATE_WRITE")


LOGGING = configure(env.choice("HUB_LOG_FORMAT", ("console", "json")), env.text("HUB_LOG_LEVEL"))
