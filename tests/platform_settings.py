"""Django's settings for tests: those of the platform on an installation of its own, with quick password digests."""

import os
import tempfile
from pathlib import Path

if "LANDBALANCE_HOME" not in os.environ:
    home = tempfile.TemporaryDirectory(prefix="landbalance-tests-")
    Path(home.name, "landbalance.toml").write_text("[installation]\nformat = 1\n")
    os.environ["LANDBALANCE_HOME"] = home.name

from landbalance.registry.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
Path(STATIC_ROOT).mkdir(exist_ok=True)  # noqa: F405
WHITENOISE_USE_FINDERS = True
