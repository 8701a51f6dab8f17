"""Addresses of people's own settings, and of the way in through another site."""

from django.urls import path

from committee.views import language, profile, sessions, single_sign_on

app_name = "committee"

urlpatterns = [
    path("profile/", profile.edit, name="profile"),
    path("akun/sesi/", sessions.own, name="sessions"),
    path("language/", language.choose, name="language"),
    path("akun/sso/", single_sign_on.leave, name="single-sign-on"),
    path("akun/sso/kembali/", single_sign_on.arrive, name="single-sign-on-return"),
]
