"""Addresses of layers."""

from django.urls import path

from landbalance.web.layers import views

app_name = "layers"
urlpatterns = [
    path("w/<slug:workspace>/layers/", views.index, name="index"),
    path("w/<slug:workspace>/layers/check/", views.check, name="check"),
    path("w/<slug:workspace>/layers/send/", views.send, name="send"),
    path("w/<slug:workspace>/layers/server/", views.server, name="server"),
    path("w/<slug:workspace>/layers/stored/<int:pk>/use/", views.use, name="use"),
    path("w/<slug:workspace>/layers/uploads/<uuid:pk>/", views.upload, name="upload"),
    path("w/<slug:workspace>/layers/uploads/<uuid:pk>/part/", views.part, name="part"),
    path("w/<slug:workspace>/layers/uploads/<uuid:pk>/state/", views.state, name="state"),
    path("w/<slug:workspace>/layers/uploads/<uuid:pk>/drop/", views.drop, name="drop"),
]
