"""Pages of the import wizard, under /imports/."""

from django.urls import path

from issues.views import imports

app_name = "imports"
urlpatterns = [
    path("", imports.index, name="index"),
    path("template/<slug:kind>.xlsx", imports.template, name="template"),
    path("<uuid:token>/", imports.detail, name="detail"),
    path("<uuid:token>/confirm/", imports.confirm, name="confirm"),
    path("<uuid:token>/rejects/", imports.rejects, name="rejects"),
]
