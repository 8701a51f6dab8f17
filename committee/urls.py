"""Addresses of people's own settings."""

from django.urls import path

from committee.views import language, profile

app_name = "committee"

urlpatterns = [
    path("profile/", profile.edit, name="profile"),
    path("language/", language.choose, name="language"),
]
