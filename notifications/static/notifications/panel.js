// Says in the panel "What this starts" whether it could be checked, and reads one line of it aloud.
"use strict";

(() => {
  const part = (name) => document.getElementById(`starting-${name}`);
  let isLeaving = false;

  const say = (hasFailed) => {
    const body = part("body");
    const summary = body.querySelector("[data-summary]");
    part("failed").hidden = !hasFailed;
    body.classList.toggle("is-stale", hasFailed);
    part("said").textContent = hasFailed || !summary ? "" : summary.dataset.summary;
  };

  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, () => say(!isLeaving));
  }
  document.addEventListener("htmx:afterSwap", () => say(false));

  // A form that is sent needs its panel no more: what is cut off by leaving has not failed.
  document.addEventListener("submit", () => {
    isLeaving = true;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isLeaving) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    isLeaving = false;
  });
})();
