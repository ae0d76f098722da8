"""Every setting, in one file. Environment variables are named where they are read; README.md lists them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from maas import environment as env
from maas import keys
from transit.routing.kernels import source_hash

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("MAAS_DATA_DIR", str(BASE_DIR / "var"))).resolve()
"""Everything mutable: database, feeds, networks, keys, compiled kernels."""
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("MAAS_DEBUG", False)
VERSION = re.findall(r"^## (\d+\.\d+\.\d+)", (BASE_DIR / "CHANGELOG.md").read_text(), re.MULTILINE)[0]
SECRET_KEY = keys.secret("MAAS_SECRET_KEY", DATA_DIR / "keys" / "secret.key")
FIELD_KEYS = keys.ring("MAAS_FIELD_KEYS", DATA_DIR / "keys" / "field.keys")
"""Fernet keys that seal personal data and operators' secrets; the first seals, all open."""
TICKET_KEYS_DIR = DATA_DIR / "keys" / "tickets"
"""Ed25519 keys, one file each: `<kid>.pem`; see bookings/services/ticket_keys."""
VAPID_KEY = keys.signing("MAAS_VAPID_KEY", DATA_DIR / "keys" / "vapid.pem")
"""Signs what we send to browsers' push services; who subscribed under another key hears nothing more."""

PUBLIC_URL = env.text("MAAS_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
PLATFORM = {
    "legal_name": env.text("MAAS_PLATFORM_NAME", "One way to travel"),
    "business_id": env.text("MAAS_PLATFORM_BUSINESS_ID", ""),
    "vat_id": env.text("MAAS_PLATFORM_VAT_ID", ""),
    "country": env.text("MAAS_PLATFORM_COUNTRY", "FI"),
}
"""Who runs this before the law: the seller of the platform's own fee."""
ALLOWED_HOSTS = env.words("MAAS_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "maas.accounts",
    "maas",
    "bookings",
    "transit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "rules.apps.AutodiscoverRulesConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "maas.clock.by_the_region",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "maas.urls"
ASGI_APPLICATION = "maas.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            # Used by the pages of both apps; a package `templatetags` would stand outside the layers.
            "libraries": {
                "formats": "transit.web.formats",
                "alerts": "transit.web.alerts",
                "duties": "transit.web.duty_tags",
                "subsidies": "bookings.web.subsidy_tags",
                "register_words": "transit.web.register_words",
            },
        },
    },
]

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'maas.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "work"
LOGOUT_REDIRECT_URL = "search"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
_SMTP = env.text("MAAS_SMTP_URL", "")
_SENDING = f"django.core.mail.backends.{'smtp' if _SMTP else 'console'}.EmailBackend"
EMAIL_BACKEND = env.text("MAAS_EMAIL_BACKEND", _SENDING)
if _SMTP:
    globals().update(env.smtp(_SMTP))
ACCOUNT_ADAPTER = "maas.accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
EMAIL_TIMEOUT = 15
"""Seconds; shorter than a message stays claimed."""
SMS_GATEWAY = {
    "url": env.text("MAAS_SMS_URL", ""),
    "token": env.text("MAAS_SMS_TOKEN", ""),
    "body": json.loads(env.text("MAAS_SMS_BODY", '{"to": "{to}", "text": "{text}"}')),
}
"""How text messages leave; see bookings/messaging/sms."""
DEFAULT_FROM_EMAIL = env.text("MAAS_FROM_EMAIL", "no-reply@localhost")

LANGUAGES = [("en", _("English")), ("fi", _("Finnish")), ("ja", _("Japanese"))]
LANGUAGE_CODE = env.text("MAAS_LANGUAGE", "en")
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = ["maas.formats"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "static"]
STATICFILES_DIRS += [
    ("vendor/" + package.split("/")[0], BASE_DIR / "node_modules" / package)
    for package in ("maplibre-gl/dist", "pmtiles/dist/esm", "fflate/esm", "qr")
    if (BASE_DIR / "node_modules" / package).is_dir()
]
PDF_FONTS = BASE_DIR / "node_modules" / "@expo-google-fonts" / "biz-udpgothic"
WHITENOISE_USE_FINDERS = True

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
_HTTPS = PUBLIC_URL.startswith("https:")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
if env.flag("MAAS_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # The form that starts a payment is answered by a redirect to the provider's page; browsers check that too.
        "form-action": [
            SELF,
            *env.words("MAAS_PAYMENT_ORIGINS", "https://checkout.stripe.com https://connect.stripe.com"),
        ],
    }
}

# A timetable is a form with a field for each time of a hundred stops and two hundred departures.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 25_000

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "maas.errors.problem_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["maas.parsers.LimitedJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "maas.accounts.api.bearer.BearerAuthentication",
        "allauth.headless.contrib.rest_framework.authentication.XSessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["maas.accounts.api.bearer.WithinScope"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.ScopedRateThrottle"],
    # Without a proxy of ours, X-Forwarded-For is whatever the caller wants to be counted as.
    "NUM_PROXIES": 1 if env.flag("MAAS_BEHIND_PROXY", False) else 0,
    "DEFAULT_THROTTLE_RATES": {
        "search": env.text("MAAS_SEARCH_RATE", "600/min"),
        "book": "60/min",
        "follow": "120/min",
        "complain": "6/hour",
        "tomp": "600/min",
    },
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
AUTHLIB_OAUTH2_PROVIDER = {"token_expires_in": {"client_credentials": 3600}}
SPECTACULAR_SETTINGS = {
    "TITLE": "One way to travel",
    "DESCRIPTION": "Plan a journey over every operator of the region, book all of it in one transaction, pay once.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "maas.schema.document_problems"],
    "ENUM_NAME_OVERRIDES": {
        "Arrangement": ["regular", "phone", "driver"],
        "DutyLevelEnum": "transit.models.duty.DutyLevel",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "LICENSE": {"name": "Apache-2.0"},
}

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://")
# A kick that cannot be sent is let go at once: the sweep does the work anyway. A worker waits for its queue for ever.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"max_retries": 0, "socket_connect_timeout": 1}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
if CELERY_BROKER_URL == "filesystem://":
    _queue = DATA_DIR / "queue"
    _queue.mkdir(exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_queue),
        "polling_interval": 0.2,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# Celery would close a thread's connection before and after every task, and with it all that the database has prepared
# for it. Ours stay, as those of the site do: see `maas.celery`.
CELERY_DB_REUSE_MAX = 1 << 62
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "read-realtime": {"task": "transit.tasks.read_realtime", "schedule": 15.0, "options": {"expires": 15.0}},
    "write-hosted-fleets": {"task": "transit.tasks.write_hosted_fleets", "schedule": 120, "options": {"expires": 120}},
    "write-hosted-realtime": {
        "task": "transit.tasks.write_hosted_realtime",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "read-vehicles": {"task": "transit.tasks.read_vehicles", "schedule": 10.0, "options": {"expires": 10.0}},
    "renew-on-demand": {"task": "transit.tasks.renew_on_demand", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "read-on-call": {"task": "transit.tasks.read_on_call", "schedule": 60.0, "options": {"expires": 60.0}},
    "expire-rides": {"task": "transit.tasks.expire_rides", "schedule": 60.0, "options": {"expires": 60.0}},
    "forget-rides": {"task": "transit.tasks.forget_rides", "schedule": 86_400.0},
    "dispatch-rides": {"task": "transit.tasks.dispatch_rides", "schedule": 60.0, "options": {"expires": 60.0}},
    "prepare-streets": {"task": "transit.tasks.prepare_streets", "schedule": 60.0, "options": {"expires": 60.0}},
    "follow-feeds": {"task": "transit.tasks.follow_feeds", "schedule": 60.0, "options": {"expires": 60.0}},
    "observe-delays": {"task": "transit.tasks.observe_delays", "schedule": 60.0, "options": {"expires": 60.0}},
    "probe-interfaces": {"task": "transit.tasks.probe_interfaces", "schedule": 15.0, "options": {"expires": 15.0}},
    "tidy-probes": {"task": "transit.tasks.tidy_probes", "schedule": 3600.0},
    "note-register-changes": {"task": "transit.tasks.note_register_changes", "schedule": 3600.0},
    "run-studies": {"task": "transit.tasks.run_studies", "schedule": 60.0, "options": {"expires": 60.0}},
    "run-dry-runs": {"task": "transit.tasks.run_dry_runs", "schedule": 60.0, "options": {"expires": 60.0}},
    "sweep-orders": {"task": "bookings.tasks.sweep_orders", "schedule": 5.0},
    "send-messages": {"task": "bookings.tasks.send_messages", "schedule": 10.0},
    "send-letters": {"task": "maas.accounts.tasks.send_letters", "schedule": 10.0},
    "watch-budgets": {"task": "bookings.tasks.watch_budgets", "schedule": 300.0},
    "watch-duties": {"task": "transit.tasks.watch_duties", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "watch-bookings": {"task": "bookings.tasks.watch_bookings", "schedule": 60.0},
    "watch-payout-accounts": {"task": "bookings.tasks.watch_payout_accounts", "schedule": 300.0},
    "compare-books": {"task": "bookings.tasks.compare_books", "schedule": 900.0},
    "settle-orders": {"task": "bookings.tasks.settle_orders", "schedule": 3600.0},
    "book-occurrences": {"task": "bookings.tasks.book_occurrences", "schedule": 60.0, "options": {"expires": 60.0}},
    "tell-of-occurrences": {
        "task": "bookings.tasks.tell_of_occurrences",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "tell-of-acts": {"task": "bookings.tasks.tell_of_acts", "schedule": 60.0, "options": {"expires": 60.0}},
    "tidy-customers": {"task": "bookings.tasks.tidy_customers", "schedule": 3600.0},
    "turn-ticket-keys": {"task": "bookings.tasks.turn_ticket_keys", "schedule": 3600.0},
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if redis_url := os.environ.get("REDIS_URL"):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}

IMPORT_MEMORY_MIB = env.number("MAAS_IMPORT_MEMORY_MIB", 6144)
"""Address space of a process that reads a feed or builds a network; what needs more ends with a reason."""
IMPORT_CPU_S = env.number("MAAS_IMPORT_CPU_S", 900)
"""Its processor time."""
IMPORT_WALL_S = env.number("MAAS_IMPORT_WALL_S", 1800)
"""Its time by the clock."""
VALIDATOR_WALL_S = env.number("MAAS_VALIDATOR_WALL_S", 60)
"""The time by the clock of the second validator, whose notices are shown but decide nothing."""

CO2_G_PER_KM = env.amounts("MAAS_CO2_G_PER_KM")
"""Grams for each passenger and kilometre, by mode, where they are others than those of `transit.routing.emissions`."""
ALLOWED_LOOPBACK_ORIGINS = env.words("MAAS_ALLOWED_LOOPBACK_ORIGINS")
"""Exact origins on this machine that outgoing calls may reach: for the demo and the tests alone."""
if ALLOWED_LOOPBACK_ORIGINS and not DEBUG:
    raise ImproperlyConfigured("MAAS_ALLOWED_LOOPBACK_ORIGINS is refused unless MAAS_DEBUG is on")

STRIPE_API_KEY = env.text("STRIPE_API_KEY", "")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", "")
STRIPE_CONNECT_WEBHOOK_SECRET = env.text("STRIPE_CONNECT_WEBHOOK_SECRET", "")
"""Of the endpoint that hears of connected accounts, which Stripe signs with a secret of its own."""
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "")
"""Another address than Stripe's own: the sandbox's twin."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("MAAS_LOG_LEVEL", "INFO")},
    # Query strings hold origins and destinations, which are personal.
    "loggers": {
        "django.server": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "pyogrio": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
        "authlib": {"level": "WARNING"},  # tells tokens below that
    },
}


def _kernel_cache() -> Path:
    """A folder named by all kernel sources, set before numba is imported; only the owner reads it."""
    folder = Path(env.text("MAAS_KERNELS_DIR", str(DATA_DIR / "kernels"))) / source_hash()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


os.environ["NUMBA_CACHE_DIR"] = str(_kernel_cache())
