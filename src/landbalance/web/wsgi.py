"""What the server calls."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landbalance.registry.settings")
django.setup(set_prefix=False)
application = WSGIHandler()
