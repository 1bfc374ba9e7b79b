// Rows of a list are chosen: how many, and all at once. Without this script the bar is simply always there.
"use strict";

(() => {
  const form = document.querySelector("form[data-choose]");
  const bar = form?.querySelector("[data-bulk-bar]");
  if (!bar) return;

  const boxes = [...form.querySelectorAll("input[name=chosen]")];
  const words = bar.querySelector("[data-count]");
  const all = bar.querySelector("[data-choose-all]");

  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    bar.toggleAttribute("data-idle", !count);
    words.textContent = count === 1 ? words.dataset.one : words.dataset.many.replace("#", count);
  };

  all.hidden = false;
  all.addEventListener("click", () => {
    const isEach = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !isEach;
    tell();
  });
  form.addEventListener("change", tell);
  addEventListener("pageshow", tell); // Back brings the ticks back
  tell();
})();
