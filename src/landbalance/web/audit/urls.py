"""Addresses of the audit trail and of the export."""

from django.urls import path

from landbalance.web.audit import views

app_name = "audit"
urlpatterns = [
    path("w/<slug:workspace>/acts/", views.acts, name="acts"),
    path("w/<slug:workspace>/export/", views.export, name="export"),
]
