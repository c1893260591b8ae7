"""Accounts, for the keeper of the installation."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from landbalance.registry.accounts.models import User

admin.site.register(User, UserAdmin)
