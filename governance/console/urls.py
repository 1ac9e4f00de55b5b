"""Addresses of change control; a higher floor includes them."""

from django.urls import path

from governance.console import change_acts, changes, descriptions, draft_objects, impact, propose, speaking

urlpatterns = [
    path("changes", changes.index, name="changes"),
    path("changes/<str:number>", changes.show, name="change"),
    path("changes/<str:number>/act/<str:name>", change_acts.act, name="change-act"),
    path("changes/<str:number>/impact", speaking.speak, name="change-speak"),
    path("changes/<str:number>/impact/<str:kind>/<str:key>", change_acts.disposition, name="change-disposition"),
    path("changes/<str:number>/drop/<str:kind>/<str:key>", draft_objects.drop, name="change-drop"),
    path("changes/<str:number>/objects", draft_objects.choose, name="change-objects"),
    path("impact", impact.show, name="impact"),
    path("impact/description", descriptions.show, name="impact-description"),
    path("propose", propose.choose, name="propose"),
    path("propose/<str:kind>", propose.new, name="propose-new"),
    path("propose/<str:kind>/<str:key>", propose.edit, name="propose-change"),
    path("propose/<str:kind>/<str:key>/retire", propose.retire, name="propose-retire"),
]
