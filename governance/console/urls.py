"""Addresses of change control; a higher floor includes them."""

from django.urls import path

from governance.console import changes, propose

urlpatterns = [
    path("changes", changes.index, name="changes"),
    path("changes/<str:number>", changes.show, name="change"),
    path("propose", propose.choose, name="propose"),
    path("propose/<str:kind>", propose.new, name="propose-new"),
    path("propose/<str:kind>/<str:key>", propose.edit, name="propose-change"),
    path("propose/<str:kind>/<str:key>/retire", propose.retire, name="propose-retire"),
]
