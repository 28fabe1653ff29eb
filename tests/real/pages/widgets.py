"""What is pasted into pages: fonts, libraries, measuring, maps, payments, embedded players."""

PAGES = {
    "web-fonts": """<!doctype html><title>Fonts</title><link rel="preconnect" href="https://fonts.files.example" crossorigin>
        <link href="https://fonts.sheets.example/css2?family=Inter" rel="stylesheet"><p style="font-family: Remote">x</p>""",
    "imported-sheet": """<!doctype html><title>Import</title><style>@import url("https://fonts.sheets.example/css2?family=Inter"); p { font-family: Remote }</style><p>x</p>""",
    "own-sheet-imports": """<!doctype html><title>Import</title><link rel="stylesheet" href="/css/imports.css"><p style="font-family: Remote">x</p>""",
    "bootstrap": """<!doctype html><title>Bootstrap</title>
        <link href="https://cdn.assets.example/npm/bootstrap@5/dist/css/bootstrap.min.css" rel="stylesheet">
        <script src="https://code.jquery.example/jquery-3.slim.min.js" crossorigin="anonymous"></script>
        <script src="https://cdn.assets.example/npm/bootstrap@5/dist/js/bootstrap.bundle.min.js"></script>
        <button type="button" onclick="toggle('#m')">x</button>""",
    "tag-manager": """<!doctype html><title>Tags</title><script>(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':1,event:'gtm.js'});
        var f=d.getElementsByTagName(s)[0],j=d.createElement(s),dl=l!='dataLayer'?'&l='+l:'';j.async=true;
        j.src='https://www.tags.example/gtm.js?id='+i+dl;f.parentNode.insertBefore(j,f);})(window,document,'script','dataLayer','GTM-X');</script>
        <noscript><iframe src="https://www.tags.example/ns.html?id=GTM-X" height="0" width="0" style="display:none"></iframe></noscript>""",
    "analytics": """<!doctype html><title>Count</title><script async src="https://www.tags.example/gtag/js?id=G-1"></script>
        <script>window.dataLayer = window.dataLayer || []; function gtag(){dataLayer.push(arguments);} gtag('js', new Date());</script>""",
    "map": """<!doctype html><title>Map</title><link rel="stylesheet" href="/leaflet/leaflet.css"><script src="/leaflet/leaflet.js"></script>
        <div id="map" style="height: 180px"></div><script>L.map('map').tiles('https://tile.map.example/1/2/3.png')</script>""",
    "captcha": """<!doctype html><title>Captcha</title><script src="https://captcha.example/recaptcha/api.js" async defer></script>
        <form action="/login" method="POST"><div class="g-recaptcha" data-sitekey="x"></div></form>""",
    "payment": """<!doctype html><title>Pay</title><script src="https://js.pay.example/v3/"></script><script>Pay("pk_live_x")</script>""",
    "comments": """<!doctype html><title>Comments</title><div id="thread"></div><script>(function() { var d = document, s = d.createElement('script');
        s.src = 'https://forum.comments.example/embed.js'; (d.head || d.body).appendChild(s); })();</script>""",
    "players": """<!doctype html><title>Video</title><iframe src="https://www.tube.example/embed/x" allowfullscreen></iframe>
        <iframe src="//player.video.example/video/1"></iframe><video controls poster="https://img.video.example/p.jpg"><source src="https://cdn.video.example/v.mp4" type="video/mp4">
        <track kind="captions" src="/captions.vtt"></video><audio src="https://audio.example/a.mp3"></audio>""",
    "editor": """<!doctype html><title>Editor</title><script src="/vs/loader.js"></script><div id="e"></div>
        <script>open_editor("e")</script>""",
    "service-worker": """<!doctype html><title>App</title><link rel="manifest" href="/manifest.webmanifest">
        <script>if ('serviceWorker' in navigator) navigator.serviceWorker.register('/scoped/sw.js' + location.search).catch(() => 1)</script>""",
    "web-assembly": """<!doctype html><title>Wasm</title><script src="/wasm/run.js"></script>""",
    "inline-everything": """<!doctype html><title>Inline</title><body onload="done()"><script>function done() { window.x = 1 }</script>
        <style>p { color: red } /* url( */</style><p style="margin: 0" onclick="done()">x</p><a href="javascript:done()">go</a><a href="javascript:void(0)">none</a>
        <img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" onerror="done()"></body>""",
    "srcdoc": """<!doctype html><title>Frame</title><iframe srcdoc="&lt;link rel=stylesheet href=https://inner.example/a.css&gt;&lt;img src=https://inner.example/a.png&gt;&lt;script&gt;window.y = 2&lt;/script&gt;&lt;p style=color:red&gt;x"></iframe>""",
    "socket": """<!doctype html><title>Socket</title><script>new WebSocket("wss://push.example/ws"); new EventSource("/stream"); navigator.sendBeacon("https://beacon.example/b", "x")</script>""",
}

SCRIPTS = {
    "/css/imports.css": '@import url("https://fonts.sheets.example/css2?family=Roboto"); p { background: url(https://img.style.example/b.png) }',
    "www.tags.example/gtm.js": 'new Image().src = "https://stats.example/collect?v=1"; const f = document.createElement("iframe"); f.src = "https://www.tags.example/sw_iframe.html"; document.head.append(f)',
    "www.tags.example/gtag/js": 'fetch("https://region1.stats.example/g/collect", { method: "POST", body: "x" })',
    "/leaflet/leaflet.js": 'const L = { map: (id) => ({ tiles: (url) => { const i = new Image(); i.src = url; document.getElementById(id).append(i) } }) }',
    "captcha.example/recaptcha/api.js": """const s = document.createElement("script"); s.src = "https://captcha.example/recaptcha/releases/1/en.js"; document.head.append(s);
        const f = document.createElement("iframe"); f.src = "https://captcha.example/anchor"; addEventListener("load", () => document.body.append(f))""",
    "js.pay.example/v3/": 'const Pay = () => { const f = document.createElement("iframe"); f.src = "https://js.pay.example/v3/controller.html"; f.setAttribute("style", "border: none"); document.documentElement.append(f); fetch("https://api.pay.example/v1") }',
    "forum.comments.example/embed.js": 'const f = document.createElement("iframe"); f.src = "https://comments.example/embed"; document.getElementById("thread").append(f); const s = document.createElement("script"); s.src = "https://forum.comments.example/2.js"; document.head.append(s)',
    "/vs/loader.js": """const open_editor = (id) => { const b = new Blob(["postMessage(1)"], { type: "text/javascript" }); new Worker(URL.createObjectURL(b));
        const i = new Image(); i.src = URL.createObjectURL(new Blob(["<svg xmlns='http://www.w3.org/2000/svg'/>"], { type: "image/svg+xml" }));
        const s = document.createElement("style"); s.textContent = "@font-face { font-family: E; src: url(data:font/woff2;base64,AAAA) } p { font-family: E }"; document.head.append(s) }""",
    "/wasm/run.js": "new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))",
}
