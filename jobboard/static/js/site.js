// Small comforts. Everything works without them.
"use strict";

// Errors come first.
document.querySelector("[data-focus]")?.focus();

// The filter panel: open where there is room, in browsers that cannot be told so by the style sheet.
for (const fold of document.querySelectorAll("[data-fold]")) {
  if (CSS.supports("selector(::details-content)")) continue;
  const wide = matchMedia("(min-width: 60rem)");
  const follow = () => { fold.open = wide.matches; };
  wide.addEventListener("change", follow);
  follow();
}

// A file that is too large is better refused before it travels.
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("input[type=file][data-most]")) return;
  const isTooLarge = [...target.files].some((file) => file.size > Number(target.dataset.most));
  const box = target.parentElement.querySelector("[data-too-large]");
  box.textContent = isTooLarge ? box.dataset.tooLarge : "";
});
