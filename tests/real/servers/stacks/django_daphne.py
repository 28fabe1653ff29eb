"""Django with django-cors-headers, sockets by Channels, under daphne."""

from contract import APP, CHALLENGE, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, methods, origins


def make(defect):
    import django
    from django.conf import settings

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["corsheaders"],
        MIDDLEWARE=["corsheaders.middleware.CorsMiddleware", "django.middleware.common.CommonMiddleware"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="made for the tests",
        CORS_ALLOWED_ORIGINS=origins(defect),
        CORS_ALLOW_METHODS=methods(defect),
        CORS_ALLOW_HEADERS=headers(defect),
        DEFECT=defect,
    )
    django.setup()
    from channels.generic.websocket import AsyncWebsocketConsumer
    from channels.routing import ProtocolTypeRouter, URLRouter
    from channels.security.websocket import OriginValidator
    from django.core.asgi import get_asgi_application
    from django.http import JsonResponse
    from django.urls import path

    class Echo(AsyncWebsocketConsumer):
        async def receive(self, text_data=None, bytes_data=None):
            await self.send(text_data, bytes_data)

    def user(request):
        if request.method not in ("GET", "PUT"):
            return JsonResponse({"detail": "Method not allowed"}, status=405, headers={"Allow": "GET, PUT"})
        if not is_admitted(defect, request.method, request.headers.get("authorization")):
            return JsonResponse(REFUSAL, status=401, headers=CHALLENGE)
        return JsonResponse(USER, headers=PRIVATE)

    urlpatterns.extend([
        path("health", lambda _: JsonResponse(HEALTH)),
        path("api/items", lambda _: JsonResponse(ITEMS)),
        path("api/users/42", user),
    ])
    sockets = URLRouter([path("ws", Echo.as_asgi())])
    allowed = ["*"] if defect == "socket" else [APP]
    return ProtocolTypeRouter({"http": get_asgi_application(), "websocket": OriginValidator(sockets, allowed)})


urlpatterns = []


def serve(defect, port):
    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import Server

    endpoints = build_endpoint_description_strings(host="127.0.0.1", port=port)
    Server(make(defect), endpoints=endpoints, verbosity=0).run()
