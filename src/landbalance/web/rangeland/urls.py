"""Addresses about rangelands."""

from django.urls import path

from landbalance.web.rangeland import views

app_name = "rangeland"
urlpatterns = [
    path("w/<slug:workspace>/rangeland/", views.index, name="index"),
    path("w/<slug:workspace>/rangeland/files/<uuid:pk>/<str:name>", views.picture, name="picture"),
]
