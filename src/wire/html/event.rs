//! Event handler content attributes (HTML §8.1.8.2 and the standards that add to it).

/// Without their `on`. Sorted.
#[rustfmt::skip]
const EVENTS: &[&str] = &[
    "abort", "afterprint", "animationcancel", "animationend", "animationiteration",
    "animationstart", "auxclick", "beforeinput", "beforematch", "beforeprint", "beforetoggle",
    "beforeunload", "begin", "blur", "cancel", "canplay", "canplaythrough", "change", "click",
    "close", "command", "contextlost", "contextmenu", "contextrestored", "copy", "cuechange", "cut",
    "dblclick", "drag", "dragend", "dragenter", "dragleave", "dragover", "dragstart", "drop",
    "durationchange", "emptied", "end", "ended", "error", "focus", "focusin", "focusout",
    "formdata", "gotpointercapture", "hashchange", "input", "invalid", "keydown", "keypress",
    "keyup", "languagechange", "load", "loadeddata", "loadedmetadata", "loadstart",
    "lostpointercapture", "message", "messageerror", "mousedown", "mouseenter", "mouseleave",
    "mousemove", "mouseout", "mouseover", "mouseup", "mousewheel", "offline", "online", "pagehide",
    "pagereveal", "pageshow", "pageswap", "paste", "pause", "play", "playing", "pointercancel",
    "pointerdown", "pointerenter", "pointerleave", "pointermove", "pointerout", "pointerover",
    "pointerrawupdate", "pointerup", "popstate", "progress", "ratechange", "rejectionhandled",
    "repeat", "reset", "resize", "scroll", "scrollend", "search", "securitypolicyviolation",
    "seeked", "seeking", "select", "selectionchange", "selectstart", "show", "slotchange",
    "stalled", "storage", "submit", "suspend", "timeupdate", "toggle", "touchcancel", "touchend",
    "touchmove", "touchstart", "transitioncancel", "transitionend", "transitionrun",
    "transitionstart", "unhandledrejection", "unload", "volumechange", "waiting",
    "webkitanimationend", "webkitanimationiteration", "webkitanimationstart",
    "webkittransitionend", "wheel",
];

/// Whether an attribute of that (lower-case) name holds script.
pub(super) fn is_handler(attribute: &str) -> bool {
    attribute
        .strip_prefix("on")
        .is_some_and(|event| EVENTS.binary_search(&event).is_ok())
}
