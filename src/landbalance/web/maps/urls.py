"""Addresses of maps."""

from django.urls import path

from landbalance.web.maps import views

app_name = "maps"
RUN = "w/<slug:workspace>/runs/<uuid:pk>/"
urlpatterns = [
    path("w/<slug:workspace>/map/", views.index, name="index"),
    path("w/<slug:workspace>/map/outlines.json", views.outlines, name="outlines"),
    path(RUN + "map/", views.show, name="run"),
    path(RUN + "explain/", views.explain, name="explain"),
    path(RUN + "area/", views.area, name="area"),
    path(RUN + "pictures/<str:layer>.png", views.picture, name="picture"),
    path(RUN + "tiles/<str:layer>/<int:z>/<int:x>/<int:y>.png", views.tile, name="tile"),
]
