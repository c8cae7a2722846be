"""Pages of personnel life, beside those of the roster under /people/."""

from django.urls import path

from issues.views import personnel

personnel_urls = [
    path("people/sealed/", personnel.password_seal, name="password_seal"),
    path("people/<int:pk>/transfer/", personnel.person_transfer, name="person_transfer"),
    path("people/<int:pk>/leave/", personnel.person_leave, name="person_leave"),
    path("people/<int:pk>/return/", personnel.person_return, name="person_return"),
]
