"""Addresses about consents."""

from django.urls import path

from landbalance.web.consents import views

app_name = "consents"
urlpatterns = [
    path("w/<slug:workspace>/consents/", views.index, name="index"),
    path("w/<slug:workspace>/consents/new/", views.new, name="new"),
    path("w/<slug:workspace>/consents/<slug:code>/", views.consent, name="consent"),
    path("w/<slug:workspace>/consents/<slug:code>/edit/", views.edit, name="edit"),
    path("w/<slug:workspace>/consents/<slug:code>/withdraw/", views.withdraw, name="withdraw"),
]
