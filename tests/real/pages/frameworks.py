"""What build tools and web frameworks write."""

PAGES = {
    "rails": """<!DOCTYPE html><html><head><title>Harbour</title><meta name="csrf-token" content="x">
        <link rel="stylesheet" href="/assets/application.css" data-turbo-track="reload">
        <script type="importmap" data-turbo-track="reload">{"imports": {
          "application": "/assets/application-1.js", "@hotwired/turbo-rails": "/assets/turbo-2.js",
          "lodash": "https://ga.jspm.example/npm:lodash@4/lodash.js",
          "controllers/": "/assets/controllers/"}}</script>
        <link rel="modulepreload" href="/assets/application-1.js">
        <script type="module">import "application"</script></head>
        <body><form action="/session" method="post"><input name="a"></form></body></html>""",
    "next": """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Shop</title>
        <link rel="preload" href="/_next/static/media/inter.woff2" as="font" crossorigin type="font/woff2">
        <link rel="stylesheet" href="/_next/static/css/app.css">
        <link rel="preload" as="image" imagesrcset="/_next/image?w=640 1x, https://images.example/a 2x">
        <script src="/_next/static/chunks/main-app.js" async></script>
        <script src="/_next/static/chunks/polyfills.js" nomodule></script></head>
        <body><div style="opacity:0">x</div><img srcset="/_next/image?w=320 1x, https://images.example/b 2x" src="/_next/image">
        <script>(self.__next_f=self.__next_f||[]).push([0])</script>
        <script>self.__next_f.push([1,"0:[\\"a\\"]\\n"])</script></body></html>""",
    "next-nonce": """<!DOCTYPE html><html><head><title>Shop</title>
        <script nonce="{nonce}" src="/_next/static/chunks/nonced.js" async></script>
        <style nonce="{nonce}">p { color: red }</style></head>
        <body><p>x</p><script nonce="{nonce}">self.__next_f = [0]</script></body></html>""",
    "vite": """<!doctype html><html lang="en"><head><meta charset="UTF-8"><title>App</title>
        <link rel="icon" type="image/svg+xml" href="/vite.svg">
        <script type="module" crossorigin src="/assets/index-C1.js"></script>
        <link rel="modulepreload" crossorigin href="/assets/vendor-D2.js">
        <link rel="stylesheet" crossorigin href="/assets/index-E3.css"></head>
        <body><div id="app"></div></body></html>""",
    "vite-legacy": """<!doctype html><html><head><title>App</title>
        <script type="module">import.meta.url;import("_").catch(()=>1);window.__vite_is_modern_browser=true</script>
        <script type="module">if(!window.__vite_is_modern_browser){console.warn("old")}</script>
        <script type="module" crossorigin src="/assets/index-C1.js"></script></head>
        <body><div id="app"></div><script nomodule crossorigin src="/assets/polyfills-legacy.js"></script></body></html>""",
    "sveltekit": """<!doctype html><html><head><title>Kit</title>
        <link rel="modulepreload" href="/_app/immutable/entry/start.js"></head>
        <body data-sveltekit-preload-data="hover"><div style="display: contents"><script>
        { __sveltekit_x = { base: "" }; const element = document.currentScript.parentElement;
          Promise.all([import("/_app/immutable/entry/start.js"), import("/_app/immutable/entry/app.js")])
            .then(([kit]) => kit); }</script></div></body></html>""",
    "nuxt": """<!DOCTYPE html><html><head><title>Nuxt</title><style>.a[data-v-1]{color:red}</style>
        <link rel="preload" as="fetch" fetchpriority="low" crossorigin="anonymous" href="/_payload.json">
        <link rel="modulepreload" as="script" crossorigin href="/_nuxt/entry.js">
        <script type="module" src="/_nuxt/entry.js" crossorigin></script></head>
        <body><div id="__nuxt"></div><script type="application/json" id="__NUXT_DATA__">[1]</script>
        <script>window.__NUXT__={};window.__NUXT__.config={public:{}}</script></body></html>""",
    "angular": """<!doctype html><html data-beasties-container><head><base href="/"><title>Ng</title>
        <style>body{margin:0}</style>
        <link rel="stylesheet" href="styles.css" media="print" onload="this.media='all'">
        <noscript><link rel="stylesheet" href="styles.css"></noscript></head>
        <body><app-root></app-root><script src="polyfills.js" type="module"></script>
        <script src="main-ng.js" type="module"></script></body></html>""",
    "create-react-app": """<!doctype html><html><head><title>React</title><link rel="manifest" href="/manifest.json">
        <link rel="apple-touch-icon" href="/logo192.png"><script defer src="/static/js/main.js"></script></head>
        <body><noscript>no</noscript><div id="root"></div></body></html>""",
    "remix": """<!DOCTYPE html><html><head><title>Remix</title><link rel="modulepreload" href="/build/manifest-1.js"></head>
        <body><script>window.__remixContext = {"url":"/"};</script>
        <script type="module" async>import "/build/manifest-1.js"; import * as route0 from "/build/root.js";
        window.__remixRouteModules = {root: route0}; import("/build/entry.client.js");</script></body></html>""",
    "astro": """<!doctype html><html><head><title>Astro</title><style>astro-island{display:contents}</style></head>
        <body><script>(()=>{var e=async t=>{await(await t())()};(self.Astro||(self.Astro={})).load=e;})();</script>
        <astro-island component-url="/_astro/Counter.js"></astro-island>
        <script type="module">for (const island of document.querySelectorAll("astro-island"))
          import(island.getAttribute("component-url"))</script></body></html>""",
    "gatsby": """<!DOCTYPE html><html><head><title>G</title><style data-href="/styles.css" data-identity="gatsby-global-css">p{}</style>
        <link as="script" rel="preload" href="/webpack-runtime.js"><link as="fetch" rel="preload" href="/page-data/app-data.json" crossorigin="anonymous">
        </head><body><div id="___gatsby"><div style="outline:none" tabindex="-1"></div></div>
        <script id="gatsby-script-loader">/*<![CDATA[*/window.pagePath="/";/*]]>*/</script>
        <script src="/webpack-runtime.js" async></script></body></html>""",
    "vue-in-the-page": """<!doctype html><title>Vue</title><script src="https://vue.example/vue.global.js"></script>
        <div id="app"><p v-if="shown">{{ text }}</p></div><script>Vue.createApp("#app")</script>""",
    "alpine": """<!doctype html><title>Alpine</title><script defer src="https://alpine.example/cdn.min.js"></script>
        <div x-data="{ open: false }"><button @click="open = true">o</button></div>""",
    "htmx": """<!doctype html><title>htmx</title><script src="/js/htmx.min.js"></script>
        <button hx-get="/rows" hx-trigger="load" hx-on:click="f()">x</button>""",
    "import-map": """<!doctype html><title>esm</title>
        <script type="importmap">{"imports": {"react": "https://esm.example/react@18"},
          "scopes": {"/legacy/": {"react": "https://esm2.example/react@16"}}}</script>
        <script type="module">import React from "react"; import "/legacy/a.js"</script>""",
    "webpack-chunks": """<!doctype html><title>chunks</title><div id=root></div>
        <script>!function(){var s=document.createElement("script");s.src="/chunk/1.js";document.head.append(s)}()</script>
        <script src="/chunk/runtime.js"></script>""",
}

SCRIPTS = {
    "/assets/application-1.js": 'import "@hotwired/turbo-rails"; import "lodash"; import "controllers/a.js"',
    "/assets/turbo-2.js": 'const s = document.createElement("style"); s.textContent = ".bar{}"; document.head.append(s)',
    "/_next/static/chunks/main-app.js": """const s = document.createElement("script"); s.src = "/_next/static/chunks/2.js";
        document.head.append(s); fetch("/_next/data/x.json"); new Image().src = "https://images.example/c"
        const l = document.createElement("link"); l.rel = "stylesheet"; l.href = "/_next/static/css/2.css"; document.head.append(l)""",
    "/_next/static/chunks/nonced.js": """const s = document.createElement("script"); s.src = "https://late.example/2.js";
        document.head.append(s); document.querySelector("p").setAttribute("style", "color: blue")""",
    "/assets/index-C1.js": """import "./vendor-D2.js"; import("./lazy-F4.js"); fetch("https://api.example/v1/me");
        const s = document.createElement("style"); s.textContent = "p{}"; document.head.append(s)""",
    "/_app/immutable/entry/start.js": 'import "../chunks/1.js"; export const start = 1',
    "/main-ng.js": 'const s = document.createElement("style"); s.textContent = "a{}"; document.head.append(s); fetch("/api/x.json")',
    "/static/js/main.js": """new Worker("/static/js/worker.js"); new EventSource("/events");
        const i = document.createElement("iframe"); i.src = "https://embed.example/f.html"; document.body.append(i)""",
    "/build/root.js": 'import "./shared.js"',
    "vue.example/vue.global.js": 'const Vue = { createApp: () => new Function("return 1")() }',
    "alpine.example/cdn.min.js": 'for (const e of document.querySelectorAll("[x-data]")) new Function("return " + e.getAttribute("x-data"))()',
    "/js/htmx.min.js": 'new Function("f", "1")(); fetch("/rows"); const s = document.createElement("style"); s.textContent = ".htmx{}"; document.head.append(s)',
    "esm.example/react@18": 'import "https://esm.example/stable/react.js"; export default 1',
    "esm2.example/react@16": "export default 1",
    "/legacy/a.js": 'import "react"',
    "/chunk/runtime.js": 'import("/chunk/2.js"); document.body.insertAdjacentHTML("beforeend", "<p style=color:red>x</p>")',
}
