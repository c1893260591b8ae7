"""Addresses of projects."""

from django.urls import path

from landbalance.web.projects import edit_views, views

app_name = "projects"
ROOM = "w/<slug:workspace>/projects/"
ONE = ROOM + "p/<slug:code>/"
urlpatterns = [
    path(ROOM, views.index, name="index"),
    path(ROOM + "list.csv", views.listed, name="listed"),
    path(ROOM + "cost-curve.csv", views.curve, name="curve"),
    path(ROOM + "new/", edit_views.new, name="new"),
    path(ROOM + "upload/", edit_views.upload, name="upload"),
    path(ROOM + "losses/<uuid:pk>/", edit_views.lost, name="lost"),
    path(ONE, views.project, name="project"),
    path(ONE + "data/<slug:name>.csv", views.data, name="data"),
    path(ONE + "checklists/", views.checklists, name="checklists"),
    path(ONE + "money/", views.money, name="money"),
    path(ONE + "windows/", views.funds, name="windows"),
    path(ONE + "notes/", views.notes, name="notes"),
    path(ONE + "notes/<slug:template>.<slug:kind>", edit_views.note, name="note"),
    path(ONE + "scenarios/", views.scenarios, name="scenarios"),
    path(ONE + "scenarios/keep/", views.keep_scenario, name="keep_scenario"),
    path(ONE + "scenarios/<uuid:pk>/drop/", views.drop_scenario, name="drop_scenario"),
    path(ONE + "inputs/", edit_views.inputs, name="inputs"),
    path(ONE + "inputs/place/", edit_views.place, name="place"),
    path(ONE + "inputs/loss/", edit_views.loss, name="loss"),
    path(ONE + "inputs/file/", edit_views.replace, name="replace"),
    path(ONE + "inputs/t/<slug:name>/", edit_views.part, name="part"),
    path(ONE + "inputs/r/<slug:name>/", edit_views.row, name="new_row"),
    path(ONE + "inputs/r/<slug:name>/<int:number>/", edit_views.row, name="row"),
    path(ONE + "inputs/r/<slug:name>/<int:number>/drop/", edit_views.drop_row, name="drop_row"),
    path(ONE + "project.toml", views.file, name="file"),
]
