"use strict";

// Filters: without this script all findings are shown, and the form is not.
const form = document.getElementById("filter");
if (form) {
  const findings = [...document.querySelectorAll("#list > article")];
  const shown = document.getElementById("shown");
  const apply = () => {
    const wanted = [...new FormData(form)].filter(([, value]) => value !== "");
    for (const finding of findings) {
      finding.hidden = wanted.some(([name, value]) => finding.dataset[name] !== value);
    }
    const count = findings.filter((finding) => !finding.hidden).length;
    shown.textContent = `${count} of ${findings.length} shown`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
}

// A link into a folded part unfolds it; on paper everything is unfolded.
const unfold = () => {
  const id = decodeURIComponent(location.hash.slice(1));
  const folded = id && document.getElementById(id)?.closest("details");
  if (folded) {
    folded.open = true;
    folded.scrollIntoView();
  }
};
addEventListener("hashchange", unfold);
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) {
    folded.open = true;
  }
});
unfold();
