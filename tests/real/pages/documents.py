"""What documentation tools and hands write."""

PAGES = {
    "sphinx": """<!DOCTYPE html><html><head><title>Docs</title><link rel="stylesheet" type="text/css" href="_static/css/theme.css">
        <script src="_static/jquery.js"></script><script>window.MathJax = {"tex": {}}</script>
        <script defer="defer" src="https://math.example/npm/mathjax@3/es5/tex-mml-chtml.js"></script></head>
        <body><img src="https://badge.example/b.svg"><script>jQuery(function () {});</script></body></html>""",
    "rustdoc": """<!DOCTYPE html><html><head><title>crate</title><script>if(window.location.protocol!=="file:")document.head.insertAdjacentHTML("beforeend",
        "<link rel=preload as=font type=font/woff2 crossorigin href=/static.files/s.woff2>")</script>
        <link rel="stylesheet" href="/static.files/rustdoc.css"><meta name="rustdoc-vars" data-root-path="../">
        <script src="/static.files/storage.js"></script><script defer src="/static.files/main.js"></script></head><body class="rustdoc"></body></html>""",
    "docusaurus": """<!doctype html><html><head><title>Docs</title><link rel="stylesheet" href="/assets/css/styles.css"><script src="/assets/js/runtime.js" defer="defer"></script></head>
        <body><svg style="display: none;"><defs><symbol id="theme-icon"><path d=""/></symbol></defs></svg>
        <script>!function(){document.documentElement.setAttribute("data-theme","light")}()</script>
        <svg width="13"><use href="#theme-icon"></use></svg></body></html>""",
    "plain": "<!doctype html><title>Plain</title><h1>Hello</h1><p>Nothing but text.</p>",
    "styled-by-hand": """<!doctype html><title>Hand</title><style>body { background: url('https://img.hand.example/b.png') }
        @font-face { font-family: H; src: url(https://font.hand.example/h.woff2) } p { font-family: H; border-image: url(data:image/png;base64,AAAA) 1 }</style>
        <body background="/b.gif"><p style="background: url(https://img2.hand.example/c.png)">x</p></body>""",
    "structured-data": """<!doctype html><title>Data</title><script type="application/ld+json">{"@context": "https://schema.org"}</script>
        <link rel="alternate" type="application/rss+xml" href="https://feed.example/rss"><p>x</p>""",
    "vector": """<!doctype html><title>Vector</title><svg width=9 height=9><image xlink:href="https://img.vector.example/a.png" width=9 height=9 />
        <use xlink:href="/sprite.svg#a"></use><a xlink:href="javascript:f()"><text>x</text></a><style>text { fill: red }</style>
        <script href="/svg.js"></script><script>f = () => 1</script></svg>""",
    "windows-lines": "<!doctype html>\r\n<title>CRLF</title>\r\n<style>\r\np { color: red }\r\n</style>\r\n<script>\r\nwindow.z = 1;\r\n</script>\r\n<p onclick=\"f(\r\n)\">x</p>\r\n",
    "plugin": """<!doctype html><title>Plugin</title><object data="/doc.svg" type="image/svg+xml"></object><embed src="https://embed.plugin.example/e.svg" type="image/svg+xml">""",
    "preloads": """<!doctype html><title>Preload</title><link rel="preload" as="fetch" href="https://data.example/d.json" crossorigin><link rel="preload" as="font" href="https://font.example/f.woff2" crossorigin>
        <link rel="preload" as="image" href="https://img.example/i.png"><link rel="preload" as="style" href="https://css.example/s.css"><link rel="preload" as="script" href="https://js.example/s.js"><p>x</p>""",
    "tagged": """<!doctype html><title>Base</title><base href="https://base.example/app/"><link rel="stylesheet" href="a.css"><script src="a.js"></script><img src="a.png"><form action="go"><input name=a></form>""",
}

SCRIPTS = {
    "math.example/npm/mathjax@3/es5/tex-mml-chtml.js": """const s = document.createElement("style"); s.textContent = "@font-face { font-family: M; src: url(https://math.example/m.woff) } body { font-family: M }"; document.head.append(s);
        const t = document.createElement("script"); t.src = "https://math.example/npm/mathjax@3/es5/input.js"; document.head.append(t)""",
    "/_static/jquery.js": "const jQuery = (f) => f()",
    "/static.files/main.js": 'const s = document.createElement("script"); s.src = "/search.index/root.js"; document.head.append(s)',
}
