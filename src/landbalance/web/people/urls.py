"""Addresses about people."""

from django.urls import path

from landbalance.web.people import views

app_name = "people"
urlpatterns = [
    path("welcome/<str:key>/", views.welcome, name="welcome"),
    path("invitation/<str:key>/", views.accept, name="accept"),
    path("account/", views.account, name="account"),
    path("account/sessions/end/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/tokens/<int:pk>/drop/", views.drop_token, name="drop_token"),
    path("w/<slug:workspace>/people/", views.members, name="members"),
    path("w/<slug:workspace>/people/invite/", views.invite, name="invite"),
    path("w/<slug:workspace>/people/invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("w/<slug:workspace>/people/<int:pk>/remove/", views.remove, name="remove"),
]
