"""Pages of the import wizard, under /imports/."""

from django.urls import path

from issues.views import imports

app_name = "imports"
urlpatterns = [
    path("", imports.index, name="index"),
    path("log/", imports.log, name="log"),
    path("template/<slug:kind>.xlsx", imports.template, name="template"),
    path("<uuid:token>/", imports.detail, name="detail"),
    path("<uuid:token>/progress/", imports.progress, name="progress"),
    path("<uuid:token>/confirm/", imports.confirm, name="confirm"),
    path("<uuid:token>/again/", imports.again, name="again"),
    path("<uuid:token>/mend/", imports.mend, name="mend"),
    path("<uuid:token>/restart/", imports.restart, name="restart"),
    path("<uuid:token>/undo/", imports.undo, name="undo"),
    path("<uuid:token>/rejects/", imports.rejects, name="rejects"),
    path("<uuid:token>/original/", imports.original, name="original"),
]
