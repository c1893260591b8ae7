"""Addresses of the STAR desk."""

from django.urls import path

from landbalance.web.star import record_views, scenario_views, use_views, views

app_name = "star"
HOME = "w/<slug:workspace>/star/"
urlpatterns = [
    path(HOME, views.desk, name="index"),
    path(HOME + "data/<slug:name>.<slug:kind>", views.data, name="data"),
    path(HOME + "map/", views.land, name="map"),
    path(HOME + "map/countries.geojson", views.shapes, name="shapes"),
    path(HOME + "tables/", record_views.tables, name="tables"),
    path(HOME + "tables/blank.csv", record_views.blank, name="blank"),
    path(HOME + "tables/new/", record_views.new_table, name="new_table"),
    path(HOME + "tables/<uuid:pk>/", record_views.table, name="table"),
    path(HOME + "tables/<uuid:pk>/rows.<slug:kind>", record_views.rows, name="rows"),
    path(HOME + "regimes/new/", record_views.new_regime, name="new_regime"),
    path(HOME + "regimes/<uuid:pk>/", record_views.regime, name="regime"),
    path(HOME + "scenarios/", scenario_views.scenarios, name="scenarios"),
    path(HOME + "scenarios/new/", scenario_views.new, name="new_scenario"),
    path(HOME + "scenarios/compare/", scenario_views.compare, name="compare"),
    path(HOME + "scenarios/compare/<slug:name>.<slug:kind>", scenario_views.compared, name="compared"),
    path(HOME + "scenarios/<uuid:pk>/", scenario_views.scenario, name="scenario"),
    path(HOME + "scenarios/<uuid:pk>/edit/", scenario_views.edit, name="edit_scenario"),
    path(HOME + "uses/", use_views.uses, name="uses"),
    path(HOME + "uses/new/", use_views.new_use, name="new_use"),
    path(HOME + "uses/<uuid:pk>/", use_views.use, name="use"),
    path(HOME + "uses/<uuid:pk>/edit/", use_views.edit_use, name="edit_use"),
    path(HOME + "uses/<uuid:pk>/new/", use_views.new_project, name="new_project"),
    path(HOME + "uses/projects/<uuid:pk>/", use_views.project, name="project"),
]
