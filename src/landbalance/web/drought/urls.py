"""Addresses about drought."""

from django.urls import path

from landbalance.web.drought import call_views, mail_views, trigger_views, views
from landbalance.web.maps import urls as _tile_places  # noqa: F401 - registers the converter of tiles

app_name = "drought"
ROOM = "w/<slug:workspace>/drought/"
urlpatterns = [
    path(ROOM, views.index, name="index"),
    path(ROOM + "watch/", views.watch, name="watch"),
    path(ROOM + "work/<uuid:pk>/", views.work, name="work"),
    path(ROOM + "maps/<uuid:pk>/<slug:layer>/<str:step>/picture.png", views.picture, name="picture"),
    path(ROOM + "maps/<uuid:pk>/<slug:layer>/<str:step>/<tile:place>.png", views.tile, name="tile"),
    path(ROOM + "calls/<str:code>/", call_views.call, name="call"),
    path(ROOM + "calls/<str:code>/bulletin/", call_views.bulletin, name="bulletin"),
    path(ROOM + "calls/<str:code>/issue/", call_views.issue, name="issue"),
    path(ROOM + "feed.atom", call_views.feed, name="feed"),
    path(ROOM + "readers/", mail_views.readers, name="readers"),
    path(ROOM + "triggers/", trigger_views.index, name="triggers"),
    path(ROOM + "triggers/new/", trigger_views.new, name="new_trigger"),
    path(ROOM + "triggers/defaults/", trigger_views.defaults, name="defaults"),
    path(ROOM + "triggers/<slug:code>/", trigger_views.trigger, name="trigger"),
    path(ROOM + "triggers/<slug:code>/edit/", trigger_views.edit, name="edit_trigger"),
    path(ROOM + "triggers/<slug:code>/test/", trigger_views.test, name="test_trigger"),
    path(ROOM + "triggers/<slug:code>/adopt/", trigger_views.adopt, name="adopt_trigger"),
    path(ROOM + "triggers/<slug:code>/retire/", trigger_views.retire, name="retire_trigger"),
    path("bulletins/<str:key>/confirm/", mail_views.confirm, name="confirm"),
    path("bulletins/<str:key>/leave/", mail_views.leave, name="leave"),
]
