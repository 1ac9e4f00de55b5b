"""Addresses of accounts: one's own, those of persons, those of systems."""

from django.urls import path

from hub.console.account import own, person_acts, persons, service_accounts

urlpatterns = [
    path("account/password", own.password, name="account-password"),
    path("account/second-factor", own.second_factor, name="account-second-factor"),
    path("account/sessions", own.session_list, name="account-sessions"),
    path("account/sessions/end-others", own.end_others, name="account-sessions-end-others"),
    path("account/sessions/<uuid:session_id>/end", own.end_session, name="account-session-end"),
    path("accounts", persons.index, name="accounts"),
    path("accounts/new", persons.enrol, name="account-enrol"),
    path("accounts/roles/give-interface", person_acts.give_interface, name="role-give-interface"),
    path("accounts/roles/take-interface", person_acts.take_interface, name="role-take-interface"),
    path("accounts/of/<str:username>", persons.show, name="account"),
    path("accounts/of/<str:username>/give-role", person_acts.give_role, name="account-give-role"),
    path("accounts/of/<str:username>/take-role", person_acts.take_role, name="account-take-role"),
    path("accounts/of/<str:username>/give-right", person_acts.give_right, name="account-give-right"),
    path("accounts/of/<str:username>/take-right", person_acts.take_right, name="account-take-right"),
    path("accounts/of/<str:username>/reset-password", persons.reset_password, name="account-reset-password"),
    path("accounts/of/<str:username>/unlock", person_acts.unlock, name="account-unlock"),
    path("accounts/of/<str:username>/deactivate", person_acts.deactivate, name="account-deactivate"),
    path("accounts/of/<str:username>/activate", person_acts.activate, name="account-activate"),
    path("accounts/of/<str:username>/remove-factor", person_acts.remove_factor, name="account-remove-factor"),
    path("accounts/of/<str:username>/end-sessions", person_acts.end_sessions, name="account-end-sessions"),
    path("accounts/of/<str:username>/same-person", person_acts.same_person, name="account-same-person"),
    path("signers", person_acts.signers, name="signers"),
    path("signers/<str:username>/confirm", person_acts.confirm_signer, name="signer-confirm"),
    path("service-accounts", service_accounts.index, name="service-accounts"),
    path("service-accounts/<slug:key>", service_accounts.show, name="service-account"),
    path("service-accounts/<slug:key>/token", service_accounts.issue, name="service-account-token"),
    path(
        "service-accounts/<slug:key>/tokens/<uuid:token_id>/revoke",
        service_accounts.revoke,
        name="service-account-revoke",
    ),
]
