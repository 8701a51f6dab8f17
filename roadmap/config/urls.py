"""Every address of the site; tests/permissions.csv says who may use each."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path, re_path

from committee.admin import secure

secure(admin.site)

urlpatterns = [
    path("", include("roadmap.urls")),
    path("", include("committee.urls")),
    path("akun/masuk/", account.login, name="account_login"),
    path("akun/keluar/", account.logout, name="account_logout"),
    path("akun/sandi/ganti/", account.password_change, name="account_change_password"),
    path("akun/sandi/lupa/", account.password_reset, name="account_reset_password"),
    path(
        "akun/sandi/lupa/terkirim/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    # Not path(): its greedy <str> would take the key's own dashes into the first part.
    re_path(
        r"^akun/sandi/baru/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "akun/sandi/baru/selesai/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("akun/ulang/", account.reauthenticate, name="account_reauthenticate"),
    path("admin/", admin.site.urls),
]

handler400 = "committee.views.errors.bad_request"
handler403 = "committee.views.errors.forbidden"
handler404 = "committee.views.errors.not_found"
handler429 = "committee.views.errors.too_many"  # allauth asks for it
handler500 = "committee.views.errors.broken"
