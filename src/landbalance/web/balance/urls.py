"""Addresses of the balance, of scenarios and of plans."""

from django.urls import path

from landbalance.web.balance import ledger_views, plan_views, scenario_views, views

app_name = "balance"
ROOM = "w/<slug:workspace>/balance/"
ONE = ROOM + "scenarios/<uuid:pk>/"
urlpatterns = [
    path(ROOM, views.index, name="index"),
    path(ROOM + "new/", views.ask, name="ask"),
    path(ROOM + "results/<uuid:pk>/", views.show, name="show"),
    path(ROOM + "results/<uuid:pk>/places/<slug:name>.geojson", views.places, name="places"),
    path(ROOM + "ledger/", ledger_views.ledger, name="ledger"),
    path(ROOM + "ledger/new/<slug:side>/", ledger_views.new, name="new_entry"),
    path(ROOM + "ledger/e/<slug:code>/", ledger_views.entry, name="entry"),
    path(ROOM + "ledger/e/<slug:code>/edit/", ledger_views.edit, name="edit_entry"),
    path(ROOM + "ledger/e/<slug:code>/permit/", ledger_views.permit, name="permit"),
    path(ROOM + "plans/", plan_views.plans, name="plans"),
    path(ROOM + "plans/new/", plan_views.ask, name="ask_plan"),
    path(ROOM + "plans/<uuid:pk>/", plan_views.plan, name="plan"),
    path(ROOM + "effects/<uuid:pk>/", scenario_views.effect, name="effect"),
    path(ROOM + "scenarios/", scenario_views.scenarios, name="scenarios"),
    path(ROOM + "scenarios/new/", scenario_views.new, name="new_scenario"),
    path(ROOM + "scenarios/compare/", scenario_views.compare, name="compare"),
    path(ONE, scenario_views.scenario, name="scenario"),
    path(ONE + "edit/", scenario_views.edit, name="edit_scenario"),
    path(ONE + "ask/", scenario_views.ask, name="ask_effect"),
    path(ONE + "areas.geojson", scenario_views.areas, name="areas"),
    path(ONE + "areas/new/", scenario_views.new_area, name="new_area"),
    path(ONE + "areas/a/<str:name>/", scenario_views.edit_area, name="edit_area"),
    path(ONE + "areas/a/<str:name>/drop/", scenario_views.drop_area, name="drop_area"),
]
