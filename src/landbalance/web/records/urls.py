"""Addresses that every kind of record shares."""

from django.urls import path

from landbalance.web.records import comment_views, views

app_name = "records"
urlpatterns = [
    path("w/<slug:workspace>/drafts/<slug:form>/", views.draft, name="draft"),
    path("w/<slug:workspace>/drafts/<slug:form>/<str:subject>/", views.draft, name="draft"),
    path("w/<slug:workspace>/away/", views.away, name="away"),
    path("w/<slug:workspace>/records/<slug:kind>/<uuid:pk>/", views.history, name="history"),
    path("w/<slug:workspace>/review/", comment_views.review, name="review"),
    path("w/<slug:workspace>/records/<slug:kind>/<uuid:pk>/comments/", comment_views.comments, name="comments"),
    path(
        "w/<slug:workspace>/records/<slug:kind>/<uuid:pk>/comments/<int:comment>/settle/",
        comment_views.settle,
        name="settle",
    ),
    path("w/<slug:workspace>/records/<slug:kind>/<uuid:pk>/sharing/", views.sharing, name="sharing"),
    path("w/<slug:workspace>/records/<slug:kind>/<uuid:pk>/move/", views.move, name="move"),
    path("w/<slug:workspace>/records/<slug:kind>/<uuid:pk>/revert/", views.revert, name="revert"),
    path("w/<slug:workspace>/records/<slug:kind>/<uuid:pk>/delete/", views.delete, name="delete"),
    path("w/<slug:workspace>/records/<slug:kind>/<uuid:pk>/restore/", views.restore, name="restore"),
]
