"""Addresses of recode polygons."""

from django.urls import path

from landbalance.web.recodes import views

app_name = "recodes"
urlpatterns = [
    path("w/<slug:workspace>/recodes/", views.index, name="index"),
    path("w/<slug:workspace>/recodes/new/", views.propose, name="propose"),
    path("w/<slug:workspace>/recodes/shapes.json", views.shapes, name="shapes"),
    path("w/<slug:workspace>/recodes/<uuid:pk>/", views.show, name="show"),
    path("w/<slug:workspace>/recodes/<uuid:pk>/decide/", views.decide, name="decide"),
]
