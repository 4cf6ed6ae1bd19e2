// A choice that can be searched is read out under its label: its script names it by its value alone.
"use strict";

(() => {
  const nameOne = (select) => {
    const label = select.labels[0];
    const box = select.nextElementSibling?.querySelector(".select2-selection");
    const value = box?.querySelector(".select2-selection__rendered");
    if (!label || !value) return false;
    label.id ||= `${select.id}_label`;
    box.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
    value.setAttribute("aria-labelledby", label.id);
    return true;
  };

  // The choices are made once the page stands, in an order that is not ours.
  const nameAll = (triesLeft) => {
    const named = [...document.querySelectorAll("select.admin-autocomplete")].map(nameOne);
    if (named.includes(false) && triesLeft > 0) setTimeout(() => nameAll(triesLeft - 1), 100);
  };
  window.addEventListener("load", () => nameAll(20));
})();
