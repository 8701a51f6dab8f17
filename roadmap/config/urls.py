"""Every address of the site; tests/permissions.csv says who may use each."""

from allauth.account import views as account
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, include, path, re_path

from committee.admin import secure
from committee.http import loaded_when_asked
from committee.views.password import ChangePassword

secure(admin.site)


def of_second_factor(route: str, view: str, name: str) -> URLPattern:
    return path(route, loaded_when_asked(f"allauth.mfa.{view}"), name=f"mfa_{name}")


signing_in = of_second_factor("masuk/", "base.views.authenticate", "authenticate")
login_not_required(signing_in.callback)
second_factor = [
    signing_in,
    of_second_factor("", "base.views.index", "index"),
    of_second_factor("ulang/", "base.views.reauthenticate", "reauthenticate"),
    of_second_factor("aplikasi/", "totp.views.activate_totp", "activate_totp"),
    of_second_factor("aplikasi/hapus/", "totp.views.deactivate_totp", "deactivate_totp"),
    of_second_factor("kode/", "recovery_codes.views.view_recovery_codes", "view_recovery_codes"),
    of_second_factor(
        "kode/baru/", "recovery_codes.views.generate_recovery_codes", "generate_recovery_codes"
    ),
    of_second_factor("kunci/", "webauthn.views.list_webauthn", "list_webauthn"),
    of_second_factor("kunci/baru/", "webauthn.views.add_webauthn", "add_webauthn"),
    of_second_factor(
        "kunci/ulang/", "webauthn.views.reauthenticate_webauthn", "reauthenticate_webauthn"
    ),
    of_second_factor("kunci/<int:pk>/hapus/", "webauthn.views.remove_webauthn", "remove_webauthn"),
]

urlpatterns = [
    path("", include("roadmap.urls")),
    path("", include("committee.urls")),
    path("akun/masuk/", account.login, name="account_login"),
    path("akun/keluar/", account.logout, name="account_logout"),
    path("akun/sandi/ganti/", ChangePassword.as_view(), name="account_change_password"),
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
    path("akun/dua-langkah/", include(second_factor)),
    path("admin/", admin.site.urls),
]

handler400 = "committee.views.errors.bad_request"
handler403 = "committee.views.errors.forbidden"
handler404 = "committee.views.errors.not_found"
handler429 = "committee.views.errors.too_many"  # allauth asks for it
handler500 = "committee.views.errors.broken"
