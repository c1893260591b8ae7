"""Addresses about consents."""

from django.urls import path

from landbalance.web.consents import custodian_views, views

app_name = "consents"
urlpatterns = [
    path("w/<slug:workspace>/custodians/", custodian_views.index, name="custodians"),
    path("w/<slug:workspace>/custodians/<int:pk>/", custodian_views.custodian, name="custodian"),
    path("w/<slug:workspace>/custodians/<int:pk>/stewards/", custodian_views.name_steward, name="name_steward"),
    path("w/<slug:workspace>/custodians/<int:pk>/invite/", custodian_views.invite_steward, name="invite_steward"),
    path(
        "w/<slug:workspace>/custodians/<int:pk>/stewards/<int:steward>/dismiss/",
        custodian_views.dismiss_steward,
        name="dismiss_steward",
    ),
    path("w/<slug:workspace>/consents/", views.index, name="index"),
    path("w/<slug:workspace>/consents/new/", views.new, name="new"),
    path("w/<slug:workspace>/consents/<slug:code>/", views.consent, name="consent"),
    path("w/<slug:workspace>/consents/<slug:code>/edit/", views.edit, name="edit"),
    path("w/<slug:workspace>/consents/<slug:code>/withdraw/", views.withdraw, name="withdraw"),
]
