"""What installed products write: content management, administration, dashboards, logins."""

PAGES = {
    "wordpress": """<!DOCTYPE html><html><head><title>Blog</title>
        <script>window._wpemojiSettings = {"baseUrl":"https:\\/\\/s.w.example\\/images\\/","source":{"concatemoji":"\\/wp-includes\\/js\\/wp-emoji-release.min.js"}};
        (function(){var s=document.createElement("script");s.src="/wp-includes/js/wp-emoji-release.min.js";document.head.appendChild(s)})()</script>
        <style id="wp-block-library-inline-css">:root{--wp--preset:1}</style>
        <link rel="stylesheet" href="/wp-content/themes/t/style.css?ver=6"><link rel="dns-prefetch" href="//stats.example">
        <script src="/wp-includes/js/jquery/jquery.min.js" id="jquery-core-js"></script></head>
        <body class="home"><img alt="" src="https://secure.gravatar.example/avatar/0?s=32" srcset="https://secure.gravatar.example/avatar/0?s=64 2x">
        <figure style="width:300px"><img src="/wp-content/uploads/a.jpg"></figure>
        <script type="speculationrules">{"prefetch":[{"source":"document","where":{"href_matches":"/*"},"eagerness":"conservative"}]}</script>
        <script type="importmap" id="wp-importmap">{"imports":{"@wordpress/interactivity":"/wp-includes/js/i.js"}}</script>
        <script type="module">import "@wordpress/interactivity"</script></body></html>""",
    "swagger": """<!DOCTYPE html><html><head><link type="text/css" rel="stylesheet" href="https://cdn.assets.example/npm/swagger-ui-dist@5/swagger-ui.css">
        <link rel="shortcut icon" href="https://docs.example/img/favicon.png"><title>API - Swagger UI</title></head>
        <body><div id="swagger-ui"></div><script src="https://cdn.assets.example/npm/swagger-ui-dist@5/swagger-ui-bundle.js"></script>
        <script>const ui = SwaggerUIBundle({ url: '/openapi.json', "dom_id": "#swagger-ui" })</script></body></html>""",
    "redoc": """<!DOCTYPE html><html><head><title>ReDoc</title>
        <link href="https://fonts.sheets.example/css?family=Montserrat:300,400" rel="stylesheet"><style>body { margin: 0; padding: 0; }</style></head>
        <body><redoc spec-url="/openapi.json"></redoc><script src="https://cdn.assets.example/npm/redoc@2/bundles/redoc.standalone.js"></script></body></html>""",
    "dashboard": """<!DOCTYPE html><html><head><base href="/"><title>Dashboard</title><link rel="mask-icon" href="public/img/mask.svg">
        <link rel="preload" href="public/fonts/inter.woff2" as="font" crossorigin><link rel="stylesheet" href="public/build/dark.css"></head>
        <body class="theme-dark"><style>.preloader{background:url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E")}</style>
        <div class="preloader"></div><div id="reactRoot"></div>
        <script>window.bootData = { settings: {}, user: {} }; window.public_cdn_path = "";</script>
        <script src="public/build/app.js" type="text/javascript"></script></body></html>""",
    "django-admin": """<!DOCTYPE html><html lang="en-us" dir="ltr"><head><title>Log in</title>
        <link rel="stylesheet" href="/static/admin/css/base.css"><link rel="stylesheet" href="/static/admin/css/dark_mode.css">
        <script src="/static/admin/js/theme.js"></script></head><body class=" login" data-admin-utc-offset="0">
        <svg xmlns="http://www.w3.org/2000/svg"><symbol id="icon-auto"><path d="M0 0h24v24H0z"/></symbol></svg>
        <svg><use href="#icon-auto"/></svg><form action="/admin/login/?next=/admin/" method="post" id="login-form"><input name="a"></form>
        <img src="/static/admin/img/icon-yes.svg" alt=""></body></html>""",
    "cloud-login": """<!DOCTYPE html><html class="ng-csp" data-placeholder-focus="false"><head><title>Cloud</title>
        <link rel="icon" href="/core/img/favicon.ico"><link rel="mask-icon" sizes="any" href="/core/img/mask.svg" color="#00">
        <link rel="manifest" href="/apps/theming/manifest" crossorigin="use-credentials">
        <link rel="stylesheet" href="/dist/server.css"><script nonce="{nonce}" defer src="/dist/core-common.js"></script>
        <script nonce="{nonce}" defer src="/dist/core-login.js"></script></head>
        <body id="body-login"><div style="background-image:url(/apps/theming/image/background)"></div>
        <form method="post" name="login" action="/login"><input name="a"></form></body></html>""",
    "mediawiki": """<!DOCTYPE html><html><head><title>Wiki</title><script>document.documentElement.className="client-js";RLCONF={};RLSTATE={};</script>
        <script>(RLQ=window.RLQ||[]).push(function(){});</script>
        <link rel="stylesheet" href="/w/load.php?modules=site.styles&only=styles"><script async src="/w/load.php?modules=startup&only=scripts&raw=1"></script></head>
        <body><img src="//upload.files.example/a.png" srcset="//upload.files.example/b.png 1.5x"><div style="clear:both"></div></body></html>""",
    "gitlab": """<!DOCTYPE html><html><head><title>Git</title><script nonce="{nonce}">window.gon={};</script>
        <link rel="stylesheet" href="/assets/application.css"><link rel="preload" href="/assets/application.css" as="style" type="text/css" nonce="{nonce}">
        <script src="/assets/webpack/runtime.js" defer="defer" nonce="{nonce}"></script></head>
        <body><svg class="s16"><use href="/assets/icons.svg#home"></use></svg></body></html>""",
    "mastodon": """<!DOCTYPE html><html><head><title>Social</title><link rel="modulepreload" href="/packs/a.js" nonce="{nonce}">
        <style nonce="{nonce}">p{}</style><script id="initial-state" type="application/json">{"meta":{}}</script>
        <script src="/packs/application.js" type="module" nonce="{nonce}" crossorigin="anonymous"></script></head>
        <body><div class="app-holder" style="min-height:100vh"></div><video src="https://files.media.example/v.mp4" poster="https://files.media.example/p.png"></video></body></html>""",
    "discourse": """<!DOCTYPE html><html><head><title>Forum</title><link rel="preload" href="/assets/vendor.js" as="script" nonce="{nonce}">
        <script defer src="/assets/vendor.js" nonce="{nonce}"></script><link href="/stylesheets/desktop.css" media="all" rel="stylesheet"></head>
        <body><discourse-assets></discourse-assets><img src="//avatars.example/u.png" style="width:1px"></body></html>""",
    "identity-login": """<!DOCTYPE html><html><head><title>Sign in</title><link href="/resources/login/css/login.css" rel="stylesheet">
        <script type="importmap">{"imports": {"rfc4648": "/resources/common/vendor/rfc4648.js"}}</script>
        <script src="/resources/js/menu-button-links.js" type="module"></script>
        <script type="module">import { startSessionPolling } from "/resources/js/authChecker.js"; startSessionPolling("/restart");</script></head>
        <body><form id="kc-form-login" onsubmit="login.disabled = true; return true;" action="/realms/r/authenticate" method="post"><input name="login"></form></body></html>""",
    "database-admin": """<!DOCTYPE HTML><html><head><title>DB</title><link rel="stylesheet" href="themes/t/css/theme.css">
        <script src="js/vendor/jquery.js"></script><script>// <![CDATA[
        var CommonParams = { "token": "x" }; // ]]></script><noscript><style>html{display:block}</style></noscript></head>
        <body><a href="javascript:setLink('a')" class="hide">x</a><form method="post" action="index.php?route=/" onsubmit="return check(this)"><input name=a></form></body></html>""",
    "build-server": """<!DOCTYPE html><html><head data-rooturl="" data-crumb-header="X"><title>CI</title>
        <script>var isRunAsTest=false; var rootURL="";</script><script src="/static/1/scripts/behavior.js" type="text/javascript"></script>
        <link rel="stylesheet" href="/static/1/jsbundles/styles.css" type="text/css"></head>
        <body onload="window.ready=1"><table background="/static/1/images/t.png"><tr><td onclick="f(1)" style="width:1em">x</td></tr></table></body></html>""",
    "shop": """<!DOCTYPE html><html><head><title>Shop</title><link rel="preconnect" href="https://cdn.shop.example">
        <style data-shop>@font-face{font-family:A;src:url("https://cdn.shop.example/f.woff2") format("woff2")} body{font-family:A} .h{background:url(https://cdn.shop.example/h.png)}</style>
        <script src="https://cdn.shop.example/theme.js" defer="defer"></script>
        <script>window.performance && performance.mark && performance.mark('start');</script></head>
        <body><p class=h>x</p><script>(function(){var s=document.createElement('script');s.async=true;s.src='https://analytics.shop.example/t.js';document.head.appendChild(s)})();</script>
        <form action="https://checkout.shop.example/cart" method="post"><input name=a></form></body></html>""",
}

SCRIPTS = {
    "/wp-includes/js/wp-emoji-release.min.js": 'new Image().src = "https://s.w.example/images/core/emoji/1.svg"',
    "/wp-includes/js/jquery/jquery.min.js": 'document.documentElement.style.color = "black"; const d = document.createElement("div"); d.innerHTML = "<p style=top:0>x</p>"',
    "cdn.assets.example/npm/swagger-ui-dist@5/swagger-ui-bundle.js": """const SwaggerUIBundle = ({ url }) => { fetch(url);
        new Image().src = "data:image/png;base64,iVBORw0KGgo="; document.getElementById("swagger-ui").innerHTML = "<div style='top:0'>x</div>" }""",
    "cdn.assets.example/npm/redoc@2/bundles/redoc.standalone.js": """fetch("/openapi.json"); new Worker(URL.createObjectURL(new Blob(["postMessage(1)"], { type: "text/javascript" })));
        const s = document.createElement("style"); s.textContent = "a{}"; document.head.append(s); new Image().src = "https://logo.example/l.png\"""",
    "/public/build/app.js": """import("/public/build/2.js"); fetch("/api/ds/query"); new WebSocket(`wss://${location.host}/api/live/ws`);
        const s = document.createElement("style"); s.textContent = ".css-1{}"; document.head.append(s);
        new Worker(URL.createObjectURL(new Blob([""], { type: "text/javascript" })))""",
    "/dist/core-common.js": """const s = document.createElement("script"); s.src = "/dist/2.js"; document.head.append(s); fetch("/ocs/v2.php/x")""",
    "/packs/application.js": 'import "./a.js"; import("./late.js"); fetch("/api/v1/x")',
    "/assets/webpack/runtime.js": 'const s = document.createElement("script"); s.src = "/assets/webpack/2.js"; document.head.append(s)',
    "/resources/js/authChecker.js": 'import "rfc4648"; export const startSessionPolling = () => fetch("/session")',
    "/static/1/scripts/behavior.js": 'const f = () => 1; const i = document.createElement("iframe"); i.src = "/frame.html"; document.addEventListener("DOMContentLoaded", () => document.body.append(i))',
    "cdn.shop.example/theme.js": 'const v = document.createElement("video"); v.src = "https://video.shop.example/a.mp4"; document.addEventListener("DOMContentLoaded", () => document.body.append(v))',
}
