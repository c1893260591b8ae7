"""Addresses of targets and actions."""

from django.urls import path

from landbalance.web.targets import action_views, exchange_views, land_views, life_views, views

app_name = "targets"
urlpatterns = [
    path("w/<slug:workspace>/targets/", views.targets, name="targets"),
    path("w/<slug:workspace>/targets/new/", views.new, name="new"),
    path("w/<slug:workspace>/targets/land/", land_views.land, name="land"),
    path("w/<slug:workspace>/targets/areas.geojson", land_views.areas, name="areas"),
    path("w/<slug:workspace>/targets/sets/new/", views.new_set, name="new_set"),
    path("w/<slug:workspace>/targets/import/", exchange_views.send, name="import"),
    path("w/<slug:workspace>/targets/import/<int:pk>/", exchange_views.staged, name="staged"),
    path("w/<slug:workspace>/targets/import/<int:pk>/faults.csv", exchange_views.faults, name="faults"),
    path("w/<slug:workspace>/targets/export/<slug:kind>/", exchange_views.export, name="export"),
    path("w/<slug:workspace>/targets/t/<str:code>/", views.target, name="target"),
    path("w/<slug:workspace>/targets/t/<str:code>/edit/", views.edit, name="edit"),
    path("w/<slug:workspace>/targets/t/<str:code>/revise/", views.revise, name="revise"),
    path("w/<slug:workspace>/targets/t/<str:code>/area.geojson", land_views.area, name="area"),
    path("w/<slug:workspace>/targets/t/<str:code>/place/", life_views.place, name="place"),
    path("w/<slug:workspace>/targets/t/<str:code>/move/", life_views.move, name="move"),
    path("w/<slug:workspace>/targets/t/<str:code>/assess/", life_views.assess, name="assess"),
    path("w/<slug:workspace>/targets/t/<str:code>/assess/run/", life_views.assess_run, name="assess_run"),
    path("w/<slug:workspace>/targets/t/<str:code>/share/", life_views.share, name="share"),
    path("w/<slug:workspace>/actions/", action_views.actions, name="actions"),
    path("w/<slug:workspace>/actions/new/", action_views.new, name="new_action"),
    path("w/<slug:workspace>/actions/a/<str:code>/", action_views.action, name="action"),
    path("w/<slug:workspace>/actions/a/<str:code>/edit/", action_views.edit, name="edit_action"),
    path("w/<slug:workspace>/actions/a/<str:code>/progress/", action_views.progress, name="progress"),
    path("w/<slug:workspace>/actions/a/<str:code>/area.geojson", land_views.action_area, name="action_area"),
]
