"""Django REST framework with django-cors-headers, under gunicorn."""

from contract import HEALTH, ITEMS, PRIVATE, TOKEN, USER, headers, is_guarded, methods, origins
from flask_gunicorn import Application


def make(defect):
    import django
    from django.conf import settings

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "corsheaders", "rest_framework"],
        MIDDLEWARE=["corsheaders.middleware.CorsMiddleware", "django.middleware.common.CommonMiddleware"],
        REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
        ROOT_URLCONF=__name__,
        SECRET_KEY="made for the tests",
        CORS_ALLOWED_ORIGINS=origins(defect),
        CORS_ALLOW_METHODS=methods(defect),
        CORS_ALLOW_HEADERS=headers(defect),
    )
    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.urls import path
    from rest_framework.authentication import BaseAuthentication
    from rest_framework.exceptions import AuthenticationFailed
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.response import Response
    from rest_framework.views import APIView

    class Bearer(BaseAuthentication):
        def authenticate(self, request):
            given = request.headers.get("Authorization")
            if given is None:
                return None
            if given != f"Bearer {TOKEN}":
                raise AuthenticationFailed
            return (type("User", (), {"is_authenticated": True})(), None)

        def authenticate_header(self, _):
            return "Bearer"

    class Open(APIView):
        authentication_classes = []
        body = None

        def get(self, _):
            return Response(self.body)

    class User(APIView):
        authentication_classes = [Bearer]

        def get_permissions(self):
            return [IsAuthenticated()] if is_guarded(defect, self.request.method) else []

        def get(self, _):
            return Response(USER, headers=PRIVATE)

        put = get

    urlpatterns.extend([
        path("health", Open.as_view(body=HEALTH)),
        path("api/items", Open.as_view(body=ITEMS)),
        path("api/users/42", User.as_view()),
    ])
    return get_wsgi_application()


urlpatterns = []


def serve(defect, port):
    Application(make(defect), port).run()
