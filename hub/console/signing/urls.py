"""Addresses of signing."""

from django.urls import path

from hub.console.signing import provider, records, sign, signatures

urlpatterns = [
    path("sign/at-provider/<uuid:intent_id>", provider.start, name="sign-at-provider"),
    path("sign/<str:kind>/<str:subject_id>/<str:meaning>", sign.sign, name="sign"),
    path("signed/<str:kind>/<str:subject_id>/package", records.package, name="signed-package"),
    path("foreign-records", records.index, name="foreign-records"),
    path("foreign-records/<uuid:record_id>", records.show, name="foreign-record"),
    path("foreign-records/<uuid:record_id>/package", records.package_again, name="foreign-record-package"),
    path("signatures/<uuid:signature_id>", signatures.show, name="signature"),
    path("signatures/<uuid:signature_id>/withdraw", signatures.withdraw, name="signature-withdraw"),
    path(
        "signatures/<uuid:signature_id>/withdraw/at-provider",
        provider.start_withdrawal,
        name="signature-withdraw-at-provider",
    ),
]
