"""Addresses of packs."""

from django.urls import path

from landbalance.web.packs import views, work_views

app_name = "packs"
ROOM = "w/<slug:workspace>/packs/"
WORK = ROOM + "work/<uuid:pk>/"
ONE = ROOM + "p/<str:name>/"
urlpatterns = [
    path(ROOM, views.index, name="index"),
    path(ROOM + "plan/", views.plan, name="plan"),
    path(ROOM + "import/", views.take_in, name="import"),
    path(ROOM + "import/<uuid:pk>/", views.piece, name="piece"),
    path(ROOM + "import/<uuid:pk>/drop/", views.drop_sending, name="drop_sending"),
    path(ROOM + "compare/", views.compare, name="compare"),
    path(ROOM + "compare/<uuid:pk>/", work_views.difference, name="difference"),
    path(ROOM + "begun/<str:name>/drop/", work_views.drop_begun, name="drop_begun"),
    path(WORK, work_views.work, name="work"),
    path(WORK + "state/", work_views.state, name="state"),
    path(WORK + "pause/", work_views.pause, name="pause"),
    path(WORK + "go-on/", work_views.go_on, name="go_on"),
    path(ONE, views.show, name="show"),
    path(ONE + "take/", views.take, name="take"),
    path(ONE + "export/", views.export, name="export"),
    path(ONE + "drop/", views.drop, name="drop"),
    path(ONE + "files/<str:file>", views.paper, name="paper"),
]
