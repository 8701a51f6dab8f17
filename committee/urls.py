"""Addresses of people's own settings."""

from django.urls import path

from committee.views import language, profile, sessions

app_name = "committee"

urlpatterns = [
    path("profile/", profile.edit, name="profile"),
    path("akun/sesi/", sessions.own, name="sessions"),
    path("language/", language.choose, name="language"),
]
