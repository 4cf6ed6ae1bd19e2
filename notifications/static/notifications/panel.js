// Says in the panel "What this starts" whether it could be checked, and reads one line of it aloud.
"use strict";

(() => {
  const part = (name) => document.getElementById(`starting-${name}`);

  const say = (hasFailed) => {
    const body = part("body");
    const summary = body.querySelector("[data-summary]");
    part("failed").hidden = !hasFailed;
    body.classList.toggle("is-stale", hasFailed);
    part("said").textContent = hasFailed || !summary ? "" : summary.dataset.summary;
  };

  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, () => say(true));
  }
  document.addEventListener("htmx:afterSwap", () => say(false));
})();
