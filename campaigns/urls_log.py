"""Addresses of 现场记录 (the phone in the hall) and of the paper form.

Below walks/log/ everything belongs to the page's service worker; what only its script asks answers in JSON.
"""

from django.urls import path

from campaigns.views import log, paper

log_urls = [
    path("walks/log/", log.log_page, name="walk_log"),
    path("walks/log/sw.js", log.log_worker, name="walk_log_worker"),
    path("walks/log/token", log.log_token, name="walk_log_token"),
    path("walks/log/catalogue", log.log_catalogue, name="walk_log_catalogue"),
    path("walks/log/<uuid:token>/", log.log_walk, name="walk_log_walk"),
    path("walks/log/<uuid:token>/photos/<uuid:photo>/", log.log_photo, name="walk_log_photo"),
    path("walks/paper/", paper.walk_paper, name="walk_paper"),
]
