"""Addresses of maps."""

from django.urls import path, register_converter

from landbalance.web.maps import views


class TilePlace:
    """Zoom, column and row of a tile in an address."""

    regex = r"[0-9]{1,2}/[0-9]{1,8}/[0-9]{1,8}"

    def to_python(self, text: str) -> tuple[int, ...]:
        """Return the three numbers."""
        return tuple(map(int, text.split("/")))

    def to_url(self, place: tuple[int, ...]) -> str:
        """Return the part of the address."""
        return "/".join(map(str, place))


register_converter(TilePlace, "tile")
app_name = "maps"
RUN = "w/<slug:workspace>/runs/<uuid:pk>/"
urlpatterns = [
    path("w/<slug:workspace>/map/", views.index, name="index"),
    path("w/<slug:workspace>/map/outlines.json", views.outlines, name="outlines"),
    path(RUN + "map/", views.show, name="run"),
    path(RUN + "explain/", views.explain, name="explain"),
    path(RUN + "area/", views.area, name="area"),
    path(RUN + "pictures/<str:layer>.png", views.picture, name="picture"),
    path(RUN + "tiles/<str:layer>/<tile:place>.png", views.tile, name="tile"),
]
