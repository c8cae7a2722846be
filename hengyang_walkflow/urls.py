"""Every address of the product. Each app declares its own pages; the roof only joins them."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from campaigns.access import public, signed_in

urlpatterns = [
    path("login/", public(auth.LoginView.as_view(redirect_authenticated_user=True)), name="login"),
    path("logout/", signed_in(auth.LogoutView.as_view()), name="logout"),
    path("admin/", admin.site.urls),
]
